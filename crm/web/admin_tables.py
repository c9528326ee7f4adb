"""The rest of the tenant's tables in the owners' admin: what hangs on records, and what runs in the background."""

from typing import Any

from accounts.permissions import Permission
from accounts.roles.models import FieldPermission, RolePermission, TeamMember
from crm.activities.models import CallDetail, NoteMention
from crm.automations.models import (
    Automation,
    AutomationRun,
    AutomationVersion,
    RoutingRule,
    RoutingSeat,
    ScanPosition,
    SigningSecret,
)
from crm.forms.models import Form, FormSubmission
from crm.notifications.models import Notification, NotificationPreference
from crm.web import admin_mail, admin_sequences
from crm.web.admin_rows import SITE, show
from crm.web.admin_site import RowAdmin
from realtime.functions.models import IdempotencyRecord
from workflows.runs.models import Attempt, Place, Run, RunEvent, Schedule, Slot, StepRun

__all__ = ["SITE", "admin_mail", "admin_sequences"]

#: Tables without a list, and why.
UNLISTED = {
    "search.SearchKey": "Made from the records for the search; it has no key of one column, which the admin wants.",
    "search.SearchAbout": "Made from the contacts for the search; it has no key of one column, which the admin wants.",
    "search.SearchText": "Made from the records for the search; it has no key of one column, which the admin wants.",
}


@show(RolePermission)
class RolePermissionAdmin(RowAdmin):
    permission = Permission.ROLE_VIEW
    list_display = ("role", "permission", "access")
    list_filter = ("role",)
    list_select_related = ("role",)


@show(FieldPermission)
class FieldPermissionAdmin(RowAdmin):
    permission = Permission.ROLE_VIEW
    list_display = ("role", "object", "field", "level")
    list_filter = ("role",)
    list_select_related = ("role",)


@show(TeamMember)
class TeamMemberAdmin(RowAdmin):
    permission = Permission.MEMBER_VIEW
    list_display = ("member", "team", "is_leader", "created_at")
    list_select_related = ("member", "team")


@show(CallDetail)
class CallDetailAdmin(RowAdmin):
    permission = Permission.ACTIVITY_VIEW
    list_display = ("activity", "outcome", "seconds")
    list_select_related = ("activity",)


@show(NoteMention)
class NoteMentionAdmin(RowAdmin):
    permission = Permission.ACTIVITY_VIEW
    list_display = ("activity", "member")
    list_select_related = ("activity", "member")


@show(Notification)
class NotificationAdmin(RowAdmin):
    permission = Permission.MEMBER_MANAGE
    list_display = ("member", "kind", "title", "actor", "created_at", "read_at")
    list_select_related = ("member", "actor")


@show(NotificationPreference)
class NotificationPreferenceAdmin(RowAdmin):
    permission = Permission.MEMBER_MANAGE
    list_display = ("member", "kind", "by_email")
    list_select_related = ("member",)


@show(IdempotencyRecord)
class IdempotencyRecordAdmin(RowAdmin):
    """Without the answers that they keep: those may hold what a role hides."""

    permission = Permission.AUDIT_VIEW
    list_display = ("function", "actor", "created_at")
    exclude = ("result", "fingerprint", "key")


class RunTableAdmin(RowAdmin):
    """What the workflow engine keeps."""

    permission = Permission.RUN_VIEW


@show(Run)
class RunAdmin(RunTableAdmin):
    list_display = ("workflow", "status", "subject", "subject_id", "created_at", "finished_at")
    list_filter = ("status",)


@show(StepRun)
class StepRunAdmin(RunTableAdmin):
    list_display = ("run", "position", "name", "status", "attempts", "started_at", "finished_at")
    list_select_related = ("run",)


@show(Attempt)
class AttemptAdmin(RunTableAdmin):
    list_display = ("run", "position", "number", "error", "at")
    list_select_related = ("run",)


@show(RunEvent)
class RunEventAdmin(RunTableAdmin):
    list_display = ("run", "name", "created_at", "taken_at")
    list_select_related = ("run",)


@show(Schedule)
class ScheduleAdmin(RunTableAdmin):
    list_display = ("name", "workflow", "cron", "time_zone", "next_at")


@show(Place)
class PlaceAdmin(RunTableAdmin):
    list_display = ("run_id", "gate")
    ordering = ("run_id",)


@show(Slot)
class SlotAdmin(RunTableAdmin):
    list_display = ("name", "next_at")
    ordering = ("name",)


class AutomationTableAdmin(RowAdmin):
    """Automations and what they keep; the secret in an automation's address is in no form."""

    permission = Permission.RUN_VIEW
    exclude: Any = ("token",)


@show(Automation)
class AutomationAdmin(AutomationTableAdmin):
    list_display = ("name", "is_on", "created_by", "updated_at")
    list_select_related = ("created_by",)


@show(AutomationVersion)
class AutomationVersionAdmin(AutomationTableAdmin):
    list_display = ("automation", "number", "published_at", "published_by")
    list_select_related = ("automation", "published_by")


@show(AutomationRun)
class AutomationRunAdmin(AutomationTableAdmin):
    list_display = ("automation", "number", "object", "record_id", "record_name", "started_at")
    list_select_related = ("automation",)


@show(SigningSecret)
class SigningSecretAdmin(AutomationTableAdmin):
    list_display = ("number", "renewed_at", "former_until")


@show(RoutingRule)
class RoutingRuleAdmin(AutomationTableAdmin):
    list_display = ("name", "kind")


@show(RoutingSeat)
class RoutingSeatAdmin(AutomationTableAdmin):
    list_display = ("rule", "member", "weight", "given")
    list_select_related = ("rule", "member")


@show(ScanPosition)
class ScanPositionAdmin(AutomationTableAdmin):
    list_display = ("id", "at")


@show(Form)
class FormAdmin(RowAdmin):
    permission = Permission.FORM_VIEW
    list_display = ("name", "is_on", "source", "owner", "updated_at")
    list_select_related = ("owner",)


@show(FormSubmission)
class FormSubmissionAdmin(RowAdmin):
    permission = Permission.FORM_VIEW
    list_display = ("form", "contact", "is_new", "consented", "at")
    list_select_related = ("form", "contact")
