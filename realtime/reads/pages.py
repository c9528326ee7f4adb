"""The end of a full page: ORDER BY ... LIMIT n that returned n rows.

A row that sorts after the last one of the page, before its change and after it, moves nothing on the page. To
know the last row's sort key its columns are selected too where the query does not do so itself; the compiler
takes them off again.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

from django.db.models import DateTimeField
from django.db.models.expressions import Col, ColPairs, Func, Ref, Subquery

from realtime.reads.checks import SortKey, Window
from realtime.reads.lookups import is_logged
from realtime.reads.values import Json, form_of, is_orderable, json_of_text


class PageKey(NamedTuple):
    """One column of the ordering; ``form`` brings its values into the form of the log."""

    column: Any
    is_descending: bool
    nulls_first: bool
    name: str
    form: Callable[[Any], Json]


class PageWindow(NamedTuple):
    """The window of one alias of the outermost SELECT."""

    alias: str
    window: Window


def page_keys(compiler: Any, order_by: Iterable[Any]) -> list[PageKey]:
    """The first columns of the ordering, as far as they are plain ones of one alias and can be compared.

    None for what is not one row of the alias a row of the result: groups, DISTINCT, set operations, windows.
    """
    query = compiler.query
    if query.combinator or query.distinct or compiler.qualify or query.group_by is not None:
        return []
    # Where a window decides among equals, rows beyond the page have a part in its order.
    if any(ordering.contains_over_clause for ordering, _ in order_by):
        return []
    keys: list[PageKey] = []
    for ordering, _ in order_by:
        column = _plain_column(ordering)
        if column is None or (keys and keys[0].column.alias != column.alias):
            break
        nulls_first = bool(ordering.nulls_first or (ordering.descending and not ordering.nulls_last))
        form = form_of(column.target)
        assert form is not None, "an orderable column has one"
        keys.append(PageKey(column, ordering.descending, nulls_first, str(column.target.column), form))
    return keys


def makes_one_row_of_each(expressions: Iterable[Any]) -> bool:
    """Whether none of the expressions may turn a row into several, or into none, as ``unnest`` does.

    Of Django's own functions none does; of one that is only named, or somebody else's, nobody knows.
    """
    for expression in expressions:
        if getattr(expression, "set_returning", False) or _is_foreign(expression):
            return False
        # What a sub-query makes is one value.
        if not isinstance(expression, Subquery) and not makes_one_row_of_each(
            filter(None, expression.get_source_expressions())
        ):
            return False
    return True


def _is_foreign(expression: Any) -> bool:
    if not isinstance(expression, Func):
        return False
    return not {"function", "template"}.isdisjoint(expression.extra) or not type(
        expression
    ).__module__.startswith("django.")


def places_of(select: Sequence[Any]) -> dict[tuple[str, Any], int] | None:
    """Where the SELECT has its plain columns, by alias and field.

    None where a row is not one row of each table (aggregates, windows), or a composite key takes several places.
    """
    found: dict[tuple[str, Any], int] = {}
    for place, (expression, _, _) in enumerate(select):
        if type(expression) is Col:
            found[expression.alias, expression.target] = place
        elif type(expression) is ColPairs or expression.contains_aggregate or expression.contains_over_clause:
            return None
    return found


def is_read_from_text(field: Any) -> bool:
    """Whether a column of the field is selected as PostgreSQL's text, where it is for the window alone."""
    return type(field) is DateTimeField


def read_from_text(key: PageKey) -> PageKey:
    """The key of such a column; in a session of another time zone than UTC its values have no form."""
    return key._replace(form=partial(json_of_text, key.column.target))


def window_of(keys: Sequence[PageKey], last: Sequence[Any]) -> PageWindow | None:
    """The window that ends with the given values of the keys; None if one of them has no sure JSON form."""
    try:
        sort_keys = [
            SortKey(name, is_descending, nulls_first, None if value is None else form(value))
            for (_, is_descending, nulls_first, name, form), value in zip(keys, last, strict=True)
        ]
    except (TypeError, ValueError):
        return None
    return PageWindow(keys[0].column.alias, Window(tuple(sort_keys)))


def _plain_column(ordering: Any) -> Any:
    expression = ordering.expression
    if isinstance(expression, Ref):
        expression = expression.source  # type: ignore[attr-defined]  # the stubs lack it
    if type(expression) is not Col or not expression.alias:
        return None
    target = expression.target
    return expression if is_orderable(target) and is_logged(target) else None
