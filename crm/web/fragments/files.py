"""Live regions of files."""

from typing import Any

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.activities.access import may_change
from crm.files.queries import list_attachments
from crm.web.downloads import PICTURES
from crm.web.pages import ask
from realtime.functions import Context, Id
from realtime.live.fragments import fragment

SHOWN = 50


@fragment("files/list", template="files/_list.html")
def files_list(
    ctx: Context,
    *,
    contact_id: Id | None = None,
    deal_id: Id | None = None,
    company_id: Id | None = None,
    archived: bool = False,
) -> dict[str, Any]:
    """The files on a record, or those of them in the bin."""
    scope = scope_of(ctx)
    if not scope.allows(Permission.ACTIVITY_VIEW):
        return {"is_allowed": False}
    named = {"contact_id": contact_id, "deal_id": deal_id, "company_id": company_id}
    named = {name: pk for name, pk in named.items() if pk is not None}
    found = ask(ctx, list_attachments, **named, archived=archived, limit=SHOWN)
    ((name, pk),) = named.items()
    return {
        "is_allowed": True,
        "rows": [shown(ctx, row) for row in found["data"]],
        "has_more": found["next_cursor"] is not None,
        "archived": archived,
        "field": name,
        "pk": pk,
        "may_create": not archived and scope.allows(Permission.ACTIVITY_CREATE),
    }


def shown(ctx: Context, row: Any) -> dict[str, Any]:
    """A row with what the member may do with the file."""
    whose = {"actor_id": row["actor_id"], "team_id": row["team_id"]}
    return {
        **row,
        "is_picture": row["content_type"] in PICTURES,
        "may_delete": may_change(ctx, Permission.ACTIVITY_DELETE, **whose),
    }
