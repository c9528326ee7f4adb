"""What a finished result says about the rows that can still alter it.

Of a plain SELECT (no groups, no DISTINCT, no windows) every row that has a part in the result stands in it. So
three things are known once the rows are there, and the columns that say so are selected too where the query
does not do so itself; the compiler takes them off again.

- *Shown*: which rows of each table the result holds. Another row matters only when it may come in.
- *Pointed at*: a joined table that neither WHERE nor a page's order looks at is read only where a shown row
  points at it (or, the other way round, where it points at a shown row).
- *Linked*: a correlated sub-query in the SELECT list is asked for the shown rows alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import ForeignKey
from django.db.models.expressions import Col, Ref
from django.db.models.lookups import Lookup
from django.db.models.sql.constants import LOUTER
from django.db.models.sql.where import AND, WhereNode

from realtime.reads.checks import In
from realtime.reads.lookups import EXACT, is_logged, plain_column
from realtime.reads.values import Form, Json, form_of, have_one_form, json_values

#: A larger result remembers nothing of its rows.
MAX_SHOWN = 500


class Link(NamedTuple):
    """Rows of the alias matter only if ``column`` has a value that ``source`` has in the result.

    ``part``: which of the statement's parts the alias belongs to; None for the outermost SELECT.
    """

    part: int | None
    alias: str
    column: str
    source: Any


class Plan(NamedTuple):
    """What to learn from the rows: of which aliases they are shown by which column, and the links."""

    rows: dict[str, tuple[str, Any]]
    links: list[Link]
    #: The columns that a page is ordered by, by alias.
    order: dict[str, set[str]]
    has_offset: bool
    #: The columns that must be selected, those of the rows first, and what brings their values into the log's form.
    columns: list[Any]
    forms: list[Form | None]


class Known(NamedTuple):
    """What was learnt: shown rows by alias (key column, keys), and conditions by part and alias."""

    rows: dict[str, tuple[str, frozenset[Json]]]
    conditions: dict[tuple[int | None, str], list[In]]
    order: Mapping[str, set[str]]
    has_offset: bool = False


NOTHING = Known({}, {}, {})


def plan_of(compiler: Any, order_by: Iterable[Any], parts: Sequence[Any]) -> Plan | None:
    """What the result of the SELECT will tell; ``parts`` are those of the sub-queries in its SELECT list."""
    query = compiler.query
    if query.combinator or query.distinct or compiler.qualify or query.group_by is not None:
        return None
    order: dict[str, set[str]] = {}
    if query.is_sliced:
        for column in map(_ordered_column, order_by):
            if column is None:
                return None
            order.setdefault(column.alias, set()).add(str(column.target.column))
    joins = {alias: item for alias, item in query.alias_map.items() if query.alias_refcount[alias]}
    free = _free(joins, compiler.where, order, bool(query.low_mark)) if len(joins) > 1 else frozenset()
    rows = {alias: found for alias, item in joins.items() if (found := _key_of(alias, item, query, free))}
    links = [
        Link(None, alias, *_pair(joins[alias])) for alias in free if is_logged(joins[alias].join_fields[0][1])
    ]
    links += [link for number, part in enumerate(parts) for link in _correlations(number, part, joins)]
    columns = [source for _, source in rows.values()]
    columns += [link.source for link in links]
    return Plan(
        rows, links, order, bool(query.low_mark), columns, [form_of(column.target) for column in columns]
    )


def known_of(plan: Plan, places: Sequence[int], chunks: Sequence[Sequence[Any]]) -> Known:
    """What the rows told; ``places`` are those of ``plan.columns`` in them."""
    if sum(map(len, chunks)) > MAX_SHOWN:
        return NOTHING
    found = [_values(form, place, chunks) for form, place in zip(plan.forms, places, strict=True)]
    rows = {
        alias: (key, keys)
        for (alias, (key, _)), keys in zip(plan.rows.items(), found, strict=False)
        if keys is not None
    }
    conditions: dict[tuple[int | None, str], list[In]] = {}
    for link, values in zip(plan.links, found[len(plan.rows) :], strict=True):
        if values is not None:
            conditions.setdefault((link.part, link.alias), []).append(In(link.column, values))
    return Known(rows, conditions, plan.order, plan.has_offset)


def _values(form: Form | None, place: int, chunks: Sequence[Sequence[Any]]) -> frozenset[Json] | None:
    values = {row[place] for rows in chunks for row in rows}
    values.discard(None)
    try:
        return json_values(form, values)
    except (TypeError, ValueError):
        return None


def _ordered_column(ordering: Any) -> Any:
    expression = ordering[0].expression
    if isinstance(expression, Ref):
        expression = expression.source  # type: ignore[attr-defined]  # the stubs lack it
    return expression if type(expression) is Col and expression.alias else None


def _key_of(alias: str, item: Any, query: Any, free: frozenset[str]) -> tuple[str, Any] | None:
    """The key column of the alias's rows and the column that holds it in the result."""
    if item.parent_alias is None:
        return _primary_key(alias, item, query.model)
    if alias in free or len(item.join_fields) != 1:
        return None
    left, right = item.join_fields[0]
    if isinstance(item.join_field, ForeignKey):
        return (right.column, left.get_col(item.parent_alias)) if is_logged(right) else None
    return _primary_key(alias, item, getattr(item.join_field, "related_model", None))


def _primary_key(alias: str, item: Any, model: Any) -> tuple[str, Any] | None:
    key = model._meta.pk if model is not None else None
    if key is None or key.model._meta.db_table != item.table_name or not is_logged(key):
        return None
    return key.column, key.get_col(alias)


def _free(joins: Mapping[str, Any], where: Any, order: Iterable[str], has_offset: bool) -> frozenset[str]:
    """The joined aliases on which neither the choice of rows nor a page's place or order depends."""
    bound = _aliases_in(where) | set(order)
    free = set()
    for alias, item in reversed(list(joins.items())):
        if item.parent_alias is None:
            continue
        is_forward = isinstance(item.join_field, ForeignKey)
        is_certain = is_forward and item.join_field.db_constraint
        # Rows that others point at from outside of the page would move it, were there several to a row.
        is_single = len(item.join_fields) == 1 and (is_forward or not has_offset)
        if alias not in bound and is_single and (item.join_type == LOUTER or is_certain):
            free.add(alias)
        else:
            bound.add(alias)
        # A join that leaves rows out makes the row that it starts from decide, too.
        if alias in bound or not (
            item.join_type == LOUTER or (is_certain and not item.join_fields[0][0].null)
        ):
            bound.add(item.parent_alias)
    return frozenset(free)


def _aliases_in(node: Any) -> set[str]:
    """The aliases that an expression names, in sub-queries too."""
    if type(node) is Col:
        return {node.alias}
    if isinstance(node, WhereNode):
        return {alias for child in node.children for alias in _aliases_in(child)}
    if isinstance(node, Lookup) and type(node.lhs) is Col and node.rhs_is_direct_value():
        return {node.lhs.alias}
    found = set(getattr(getattr(node, "query", node), "external_aliases", ()))
    if hasattr(node, "get_source_expressions"):
        for part in node.get_source_expressions():
            found |= _aliases_in(part)
    return found


def _pair(item: Any) -> tuple[str, Any]:
    left, right = item.join_fields[0]
    return right.column, left.get_col(item.parent_alias)


def _correlations(number: int, part: Any, joins: Mapping[str, Any]) -> Iterator[Link]:
    """The equalities of a sub-query's columns with columns of the SELECT around it."""
    for lookup in _demanded(part.where):
        side, other = plain_column(lookup), getattr(lookup, "rhs", None)
        if type(lookup) not in EXACT or side is None or type(other) is not Col:
            continue
        if not have_one_form(side.target, other.target):
            continue
        if other.alias in joins and side.alias not in joins and is_logged(other.target):
            yield Link(number, side.alias, str(side.target.column), other)


def _demanded(node: Any) -> Iterator[Any]:
    """The lookups that must all hold."""
    if not isinstance(node, WhereNode):
        if node is not None:
            yield node
    elif not node.negated and (node.connector == AND or len(node.children) == 1):
        for child in node.children:
            yield from _demanded(child)
