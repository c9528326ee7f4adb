"""What a new member has done: looked up, never ticked by hand. Each is one probe of an index."""

from collections.abc import Callable

from accounts.models import User
from accounts.permissions import Permission
from accounts.roles.models import Invitation, Member
from crm.contacts.models import Contact
from crm.onboarding.schemas import FirstStep, StepKey
from crm.reports.models import DailyTotal
from crm.tasks.models import Task

Metric = DailyTotal.Metric
LOGGED = (Metric.NOTE, Metric.CALL, Metric.TEXT, Metric.EMAIL, Metric.MEETING)
#: Step -> the permission without which it is not asked for.
NEEDS: dict[StepKey, Permission] = {
    "profile": Permission.PROFILE_EDIT,
    "contact": Permission.CONTACT_CREATE,
    "task": Permission.TASK_CREATE,
    "log": Permission.ACTIVITY_CREATE,
    "invite": Permission.MEMBER_MANAGE,
}


def first_steps(member: Member, allows: Callable[[str], bool]) -> list[FirstStep]:
    """The steps that the member may do, in order."""
    return [
        {"key": key, "is_done": FACTS[key](member)} for key, permission in NEEDS.items() if allows(permission)
    ]


def _has_profile(member: Member) -> bool:
    """Chosen, as everybody begins in UTC."""
    return User.objects.filter(pk=member.user_id).exclude(time_zone="UTC").exists()


def _has_contact(member: Member) -> bool:
    return Contact.objects.filter(owner_id=member.pk, archived_at=None).exists()


def _has_task(member: Member) -> bool:
    return Task.objects.filter(owner_id=member.pk, archived_at=None).exists()


def _has_logged(member: Member) -> bool:
    """By the daily totals: the activities themselves have no order by who wrote them."""
    return DailyTotal.objects.filter(owner_id=member.pk, metric__in=LOGGED, count__gt=0).exists()


def _has_invited(member: Member) -> bool:
    return has_teammates()


def has_teammates() -> bool:
    """Whether anybody else is here, or was invited."""
    return len(Member.objects.values_list("pk", flat=True)[:2]) > 1 or Invitation.objects.exists()


FACTS: dict[StepKey, Callable[[Member], bool]] = {
    "profile": _has_profile,
    "contact": _has_contact,
    "task": _has_task,
    "log": _has_logged,
    "invite": _has_invited,
}
