"""Live regions of the application shell."""

from typing import Any

from accounts.permissions import Permission
from accounts.roles.policy import acting_member_id, scope_of
from accounts.roles.queries import get_member
from crm.web.pages import ask
from realtime.functions import Context
from realtime.live.fragments import fragment


@fragment("shell/member", template="components/_member.html")
def member(ctx: Context) -> dict[str, Any]:
    """The acting member's name and role, as far as the role lets them see members."""
    if not scope_of(ctx).allows(Permission.MEMBER_VIEW):
        return {"member": {}}
    return {"member": ask(ctx, get_member, member_id=acting_member_id(ctx))}
