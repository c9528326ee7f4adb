"""Live regions of the start page."""

from typing import Any

from accounts.permissions import Permission
from accounts.roles.policy import member_id_of, scope_of
from crm.contacts.queries import list_contacts
from crm.deals.queries import list_deals
from crm.tasks.queries import list_tasks
from crm.web.fragments.tasks import note_next_due, with_rights
from crm.web.pages import ask
from realtime.functions import Context
from realtime.live.fragments import fragment

SHOWN = 8


@fragment("home/tasks", template="tasks/_card.html")
def my_tasks(ctx: Context) -> dict[str, Any]:
    """What the member has to do next."""
    scope = scope_of(ctx)
    is_allowed = scope.allows(Permission.TASK_VIEW)
    rows = ask(ctx, list_tasks, owner_id=member_id_of(ctx), limit=SHOWN)["data"] if is_allowed else []
    note_next_due(ctx, rows)
    return {
        "is_allowed": is_allowed,
        "rows": with_rights(ctx, rows),
        "now": ctx.now,
        "may_create": scope.allows(Permission.TASK_CREATE),
        "is_home": True,
    }


@fragment("home/contacts", template="home/_contacts.html")
def recent_contacts(ctx: Context) -> dict[str, Any]:
    """The contacts with the latest activity that the member may see."""
    scope = scope_of(ctx)
    is_allowed = scope.allows(Permission.CONTACT_VIEW)
    rows = ask(ctx, list_contacts, limit=SHOWN)["data"] if is_allowed else []
    return {
        "is_allowed": is_allowed,
        "rows": rows,
        "may_create": scope.allows(Permission.CONTACT_CREATE),
        "may_invite": scope.allows(Permission.MEMBER_MANAGE),
    }


@fragment("home/deals", template="deals/_card.html")
def open_deals(ctx: Context) -> dict[str, Any]:
    """The open deals that moved last."""
    scope = scope_of(ctx)
    is_allowed = scope.allows(Permission.DEAL_VIEW)
    rows = ask(ctx, list_deals, status="open", limit=SHOWN)["data"] if is_allowed else []
    may_create = scope.allows(Permission.DEAL_CREATE)
    return {"is_allowed": is_allowed, "rows": rows, "may_create": may_create, "is_home": True}
