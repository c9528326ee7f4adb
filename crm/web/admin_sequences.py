"""Sequences in the owners' admin: their rules, their steps, and who went through them."""

from accounts.permissions import Permission
from crm.sequences.models import Enrollment, Figure, Intake, SendingDay, Sequence, SequenceStep, Visit
from crm.web.admin_rows import SITE, show
from crm.web.admin_site import RowAdmin

__all__ = ["SITE"]


class SequenceRowAdmin(RowAdmin):
    """What belongs to sequences, for whoever sees them."""

    permission = Permission.SEQUENCE_VIEW


@show(Sequence)
class SequenceAdmin(SequenceRowAdmin):
    list_display = ("name", "state", "daily_limit", "stop_on_reply", "updated_at")
    list_filter = ("state",)


@show(SequenceStep)
class SequenceStepAdmin(SequenceRowAdmin):
    list_display = ("sequence", "position", "kind", "removed_at")
    list_filter = ("kind",)
    list_select_related = ("sequence",)


@show(Figure)
class FigureAdmin(SequenceRowAdmin):
    list_display = (
        "sequence_id",
        "step_id",
        "shard",
        "entered",
        "here",
        "sent",
        "done",
        "replied",
        "stopped",
    )


@show(SendingDay)
class SendingDayAdmin(SequenceRowAdmin):
    list_display = ("sequence", "day", "used")
    list_select_related = ("sequence",)


@show(Intake)
class IntakeAdmin(RowAdmin):
    permission = Permission.SEQUENCE_MANAGE
    list_display = ("sequence", "member", "found", "enrolled", "passed_over", "created_at", "finished_at")
    list_select_related = ("sequence", "member")


@show(Enrollment)
class EnrollmentAdmin(RowAdmin):
    permission = Permission.CONTACT_VIEW
    list_display = ("contact", "sequence", "state", "stop_reason", "step", "next_at", "created_at")
    list_filter = ("state", "stop_reason")
    list_select_related = ("contact", "sequence", "step")


@show(Visit)
class VisitAdmin(RowAdmin):
    permission = Permission.CONTACT_VIEW
    list_display = ("enrollment", "step", "state", "replied", "entered_at", "left_at")
    list_filter = ("state",)
    list_select_related = ("enrollment", "step")
