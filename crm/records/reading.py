"""Reading one record or the first page of a list: what every page and every answer to a change begins or ends with.

Django spends more on building such a query, and PostgreSQL on planning it, than it takes to answer it. So the SQL is
kept, by all that it depends on besides its parameters, and prepared. Under a tracker the queryset itself runs.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from django.db.models import Model, QuerySet

from accounts.permissions import Permission
from accounts.roles.policy import scope_of, visible_to
from crm.records.fields import FieldMap, readable
from realtime.functions import Context, take_page
from realtime.functions.pages import cut_page
from realtime.reads.fixed import Statements

#: Makes a ``values`` queryset of parameters that are nothing but filter values.
Build = Callable[..., QuerySet[Any, Any]]

_statements = Statements()


def read_rows(ctx: Context, shape: Hashable, build: Build, *parameters: Any) -> list[Any]:
    """The rows of ``build(*parameters)``.

    The SQL is kept by the shape and the actor's scope: ``build`` may look at the context's scope, and at nothing
    else that the shape does not tell.
    """
    return _statements.dicts((shape, scope_of(ctx).whole_key()), build, parameters)


def read_page(
    ctx: Context,
    shape: Hashable,
    build: Build,
    parameters: Sequence[Any],
    *,
    order: tuple[str, ...],
    cursor: str | None,
    limit: int,
) -> tuple[list[Any], str | None]:
    """What ``take_page`` answers for ``build(*parameters)``; the SQL of the first page is kept, see ``read_rows``."""
    if cursor is not None:
        return take_page(build(*parameters), order=order, cursor=cursor, limit=limit)

    def first(*marks: Any) -> QuerySet[Any, Any]:
        return build(*marks).order_by(*order)[: limit + 1]

    return cut_page(read_rows(ctx, (shape, order, limit), first, *parameters), order, limit)


def read_record(
    ctx: Context, model: type[Model], word: str, fields: Callable[[Context], FieldMap], pk: int
) -> dict[str, Any] | None:
    """The record's readable fields, None if there is no such record in sight.

    ``fields`` may look at the context's scope and at nothing else of it.
    """

    def find(key: int) -> QuerySet[Any, Any]:
        columns, renamed = readable(ctx, word, fields(ctx))
        found = visible_to(ctx, Permission(f"{word}.view"), model._default_manager.filter(pk=key))
        return found.values(*columns, **renamed)

    rows = read_rows(ctx, (model, fields), find, pk)
    return rows[0] if rows else None
