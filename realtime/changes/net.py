"""What many changes come to: of each row its first old state and its last new one.

Whoever goes from one snapshot to another sees only these two. A row that was made and deleted in between, or
that has its old values again, has not changed at all.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from django.apps import apps

from realtime.changes.change import Change
from realtime.changes.columns import key_column

_NOTHING: frozenset[str] = frozenset()


def net_changes(changes: Iterable[Change]) -> list[Change]:
    """At most one change a row, given all changes between two snapshots in any order, some of them twice.

    The log's numbers say the order: those of one row's changes grow, as each writer waits for the one before.
    Changes of rows without a logged key stay as they are, and so does a table in which a key was changed.
    """
    by_table: dict[tuple[str, str], list[Change]] = {}
    unique = {change.id: change for change in changes}
    for _, change in sorted(unique.items()):
        by_table.setdefault((change.schema, change.table), []).append(change)
    return [
        change for found in by_table.values() for change in (found if len(found) == 1 else _of_table(found))
    ]


def _of_table(changes: list[Change]) -> list[Change]:
    bulk = next((change for change in changes if change.op == "B"), None)
    if bulk is not None:
        return [bulk]  # it stands for all the others
    emptied = [number for number, change in enumerate(changes) if change.op == "T"]
    if emptied:
        return [changes[emptied[-1]], *_of_rows(changes[emptied[-1] + 1 :])]
    return _of_rows(changes)


def _of_rows(changes: list[Change]) -> list[Change]:
    key = keys_by_table().get(changes[0].table, "") if changes else ""
    if not key or any(change.pk is None or key in change.columns for change in changes):
        return changes
    rows: dict[object, list[Change]] = {}
    for change in changes:
        rows.setdefault(change.pk, []).append(change)
    return [net for found in rows.values() if (net := found[0] if len(found) == 1 else _of_row(found))]


def _of_row(changes: list[Change]) -> Change | None:
    first, last = changes[0], changes[-1]
    before = None if first.op == "I" else first.old
    after = None if last.op == "D" else last.new
    if first.op == "I" or last.op == "D":
        if first.op == "I" and last.op == "D":
            return None
        return replace(last, op="I" if first.op == "I" else "D", old=before, new=after, columns=_NOTHING)
    if before is None or after is None or any(change.op != "U" or not change.columns for change in changes):
        # Deleted and made again: what the log does not carry may be another.
        return replace(last, op="U", old=before, new=after, columns=_NOTHING)
    touched = _NOTHING.union(*(change.columns for change in changes))
    columns = frozenset(name for name in touched if _differs(name, before, after))
    return replace(last, old=before, new=after, columns=columns) if columns else None


def _differs(name: str, before: dict[str, object], after: dict[str, object]) -> bool:
    return name not in before or name not in after or before[name] != after[name]


@lru_cache(maxsize=1)
def keys_by_table() -> dict[str, str]:
    """The logged key column of each model's table."""
    models = apps.get_models(include_auto_created=True)
    return {model._meta.db_table: key for model in models if (key := key_column(model))}
