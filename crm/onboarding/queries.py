"""Reading first steps."""

from accounts.permissions import Permission
from accounts.roles.models import Member
from accounts.roles.policy import acting_member_id, scope_of
from crm.contacts.models import Contact
from crm.onboarding.facts import first_steps, has_teammates
from crm.onboarding.schemas import FirstSteps, Use
from realtime.functions import Context, query


@query(permission=Permission.PROFILE_VIEW)
def get_first_steps(ctx: Context) -> FirstSteps:
    """Read your checklist of first steps: each is done as soon as the facts say so."""
    member = Member.objects.get(pk=acting_member_id(ctx))
    if member.onboarding != Member.Onboarding.OPEN:
        return {"is_open": False, "is_done": member.onboarding == Member.Onboarding.DONE, "steps": []}
    steps = first_steps(member, scope_of(ctx).allows)
    return {"is_open": True, "is_done": all(step["is_done"] for step in steps), "steps": steps}


@query(permission=Permission.SYSTEM)
def get_use(ctx: Context) -> Use:
    """Read whether the firm has begun to work: contacts are there, somebody was invited."""
    return {"contacts": Contact.objects.exists(), "teammates": has_teammates()}
