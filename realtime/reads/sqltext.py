"""What the text of a compiled statement tells: the columns it reads by alias, and the names it selects from.

Cached by text: a query's text changes only with its shape.
"""

import re
from functools import lru_cache

# Django quotes the names of tables, but not the aliases that it makes up (U0, T4) or takes from a
# FilteredRelation.
_COLUMN = re.compile(r'(?:"([^"]+)"|([^\W\d]\w*))\.(?:"([^"]+)"|(\*))')
_SOURCE = re.compile(r'\b(?:FROM|JOIN)\s+(?:ONLY\s+|LATERAL\s+)?(?:"([^"]+)"|([^\W\d]\w*)\b(?!\())')
_NOT_SOURCES = frozenset({"NULL", "TRUE", "FALSE", "CURRENT_DATE", "CURRENT_TIMESTAMP"})


@lru_cache(maxsize=4096)
def columns_by_alias(sql: str) -> dict[str, frozenset[str] | None]:
    """The columns that the statement names, by the alias before them; None for all of an alias's columns."""
    found: dict[str, set[str]] = {}
    for quoted, plain, column, star in _COLUMN.findall(sql):
        found.setdefault(quoted or plain, set()).add(column or star)
    return {alias: None if "*" in columns else frozenset(columns) for alias, columns in found.items()}


@lru_cache(maxsize=4096)
def sources(sql: str) -> frozenset[str]:
    """The tables and aliases after FROM and JOIN (and whatever else follows a FROM, as in EXTRACT)."""
    names = (quoted or plain for quoted, plain in _SOURCE.findall(sql))
    return frozenset(name for name in names if name.upper() not in _NOT_SOURCES)
