"""Reading one record: what every page and every answer to a change begins or ends with."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet

from accounts.permissions import Permission
from accounts.roles.policy import scope_of, visible_to
from crm.records.fields import FieldMap, readable
from realtime.functions import Context
from realtime.reads.fixed import Statements
from realtime.reads.tracker import active_tracker

_statements = Statements()


def read_record(
    ctx: Context, model: type[Model], word: str, fields: Callable[[Context], FieldMap], pk: int
) -> dict[str, Any] | None:
    """The record's readable fields, None if there is no such record in sight.

    The SQL is kept by the actor's scope: ``fields`` may look at the context's scope and at nothing else of it.
    """

    def find(key: int) -> QuerySet[Any, Any]:
        columns, renamed = readable(ctx, word, fields(ctx))
        found = visible_to(ctx, Permission(f"{word}.view"), model._default_manager.filter(pk=key))
        return found.values(*columns, **renamed)

    if active_tracker() is not None:
        rows = list(find(pk))
    else:
        rows = _statements.get((model, fields, scope_of(ctx).whole_key()), find).dicts((pk,))
    return rows[0] if rows else None
