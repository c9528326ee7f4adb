"""Reading the audit log."""

from typing import Any

from accounts.permissions import Permission
from accounts.roles.fields import is_hidden
from accounts.roles.models import Member
from accounts.roles.policy import scope_of
from crm.audit.schemas import AuditRow
from realtime.functions import Context, Cursor, Id, Limit, Page, Word, query, take_page
from realtime.functions.models import AuditEntry

ROW = (
    "id",
    "at",
    "function",
    "actor_kind",
    "actor_id",
    "credential",
    "object",
    "object_id",
    "changes",
    "request_id",
)


@query(permission=Permission.AUDIT_VIEW)
def list_audit_entries(
    ctx: Context,
    *,
    object: Word = "",
    object_id: Id | None = None,
    actor_id: Id | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[AuditRow]:
    """List what was changed by whom, the newest first; narrow it to an object, a record or a member."""
    found = AuditEntry.objects.all()
    wanted = {"object": object or None, "object_id": object_id, "actor_id": actor_id}
    found = found.filter(**{name: value for name, value in wanted.items() if value is not None})
    rows, next_cursor = take_page(found.values(*ROW), order=("-at", "-id"), cursor=cursor, limit=limit)
    ids = {row["actor_id"] for row in rows if row["actor_id"] is not None}
    names = dict(Member.objects.filter(pk__in=ids).values_list("id", "name"))
    return {"data": [_shown(ctx, row, names) for row in rows], "next_cursor": next_cursor}


def _shown(ctx: Context, row: Any, names: dict[int, str]) -> Any:
    """The row with its actor's name and without changes of fields that the role hides."""
    hidden = scope_of(ctx).hidden_fields(row["object"])
    changes = {name: change for name, change in row["changes"].items() if not is_hidden(name, hidden)}
    return {**row, "changes": changes, "actor_name": names.get(row["actor_id"])}
