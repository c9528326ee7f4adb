"""Telling the members who manage workflow runs that a run cannot go on by itself."""

from datetime import timedelta

from accounts.actor import system_context
from accounts.permissions import Access, Permission
from accounts.roles.models import Member
from crm.notifications.models import Notification
from crm.notifications.sending import notify

#: A fault that stops a thousand runs is told to few people, and once an hour for each workflow.
MOST = 20
QUIET = timedelta(hours=1)


def tell_managers(schema: str, run_id: int, workflow: str, status: str, detail: str) -> None:
    """A notification for every active member who may manage runs; part of the engine's transaction."""
    name = workflow.rpartition(".")[2].replace("_", " ")
    ctx = system_context(schema)
    recent = Notification.objects.filter(
        kind="trouble", created_at__gt=ctx.now - QUIET, title__startswith=name
    )
    if recent.exists():
        return
    managers = Member.objects.filter(
        is_active=True,
        role__permissions__permission=Permission.RUN_MANAGE,
        role__permissions__access=Access.ALL,
    )
    title = f"{name}: {detail}" if detail else name
    for member_id in managers.order_by("pk").values_list("pk", flat=True)[:MOST]:
        notify(ctx, member_id, "trouble", title, f"/settings/runs/{run_id}/")
