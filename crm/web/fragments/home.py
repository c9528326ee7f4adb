"""Live regions of the start page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.roles.policy import member_id_of, scope_of
from crm.activities.queries import list_activities
from crm.contacts.pool import list_pool
from crm.contacts.queries import list_contacts
from crm.onboarding.queries import get_first_steps
from crm.reports.pipeline import get_pipeline
from crm.tasks.queries import list_tasks
from crm.web.fragments.activities import ICONS, said
from crm.web.fragments.tasks import note_next_due, with_rights
from crm.web.pages import ask
from realtime.functions import Context
from realtime.live.fragments import fragment

SHOWN = 8
#: What each first step is called, and the page on which it is taken.
FIRST_STEPS: dict[str, dict[str, Any]] = {
    "profile": {"label": _("Choose your time zone"), "page": "settings_profile", "is_dialog": False},
    "contact": {"label": _("Add your first contact"), "page": "contact_new", "is_dialog": True},
    "task": {"label": _("Plan your first task"), "page": "task_new", "is_dialog": True},
    "log": {"label": _("Log a call or write a note"), "page": "contacts", "is_dialog": False},
    "invite": {"label": _("Invite your team"), "page": "invite", "is_dialog": True},
}


@fragment("home/first-steps", template="home/_first_steps.html")
def first_steps(ctx: Context) -> dict[str, Any]:
    """A new member's checklist, which ticks itself off; nothing, and no statement, for everybody else."""
    if not ctx.observe("is_new"):
        return {}
    found = ask(ctx, get_first_steps)
    rows = [{**row, **FIRST_STEPS[row["key"]]} for row in found["steps"]]
    return {**found, "rows": rows, "done": sum(row["is_done"] for row in rows)}


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


@fragment("home/pool", template="home/_pool.html")
def pool(ctx: Context) -> dict[str, Any]:
    """The newest contacts that nobody owns and that the member may take."""
    is_allowed = scope_of(ctx).allows(Permission.CONTACT_CLAIM) and scope_of(ctx).allows(
        Permission.CONTACT_VIEW
    )
    return {"rows": ask(ctx, list_pool, limit=5)["data"] if is_allowed else []}


@fragment("home/pipeline", template="home/_pipeline.html")
def pipeline(ctx: Context) -> dict[str, Any]:
    """The first pipeline's open deals by stage."""
    scope = scope_of(ctx)
    if not scope.allows(Permission.DEAL_VIEW):
        return {"is_allowed": False}
    found = ask(ctx, get_pipeline)
    return {
        "is_allowed": True,
        **found,
        "most": max((stage["count"] for stage in found["stages"]), default=0),
        "total": sum((stage.get("sum") or 0 for stage in found["stages"]), start=0),
        "may_create": scope.allows(Permission.DEAL_CREATE),
        "shows_money": "amount" not in scope.hidden_fields("deal"),
    }


@fragment("home/activity", template="home/_activity.html")
def recent_activity(ctx: Context) -> dict[str, Any]:
    """What happened last with the records that the member sees."""
    if not scope_of(ctx).allows(Permission.ACTIVITY_VIEW):
        return {"rows": []}
    rows = ask(ctx, list_activities, limit=SHOWN)["data"]
    return {"rows": [{**row, "said": said(row), "icon": ICONS[row["kind"]]} for row in rows]}
