"""What the owners' admin shows. Columns that hold secrets (a link's hash, a key's hash) are in no list and no form."""

from typing import Any

from django.contrib.admin import action, display, register
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.roles.models import Invitation, Member, Role, Team
from accounts.roles.policy import scope_of
from crm.activities.models import Activity
from crm.companies.models import Company
from crm.contacts.models import (
    Address,
    Consent,
    Contact,
    ContactCompany,
    ContactStage,
    EmailAddress,
    LeadSource,
    PhoneNumber,
    Relationship,
)
from crm.deals.models import (
    Deal,
    DealContact,
    DealMember,
    LostReason,
    Pipeline,
    Stage,
    StageChange,
    StageRollup,
)
from crm.fields.models import CustomField, CustomFieldOption
from crm.files.models import Attachment, Upload
from crm.reports.models import DailyTotal, Goal
from crm.segments.models import ContactTag, DefaultView, SavedView, Tag
from crm.tasks.models import Task, TaskReminder
from crm.web.admin_site import RecordAdmin, RowAdmin, context, owners
from realtime.functions.models import AuditEntry

#: With everything below registered.
SITE = owners


def show(*models: type[Model]) -> Any:
    """Register with the owners' site."""
    return register(*models, site=owners)


@show(Contact)
class ContactAdmin(RecordAdmin):
    permission, noun = Permission.CONTACT_VIEW, "contact"
    list_display = (
        "called",
        "email",
        "phone",
        "stage",
        "company_name",
        "owner",
        "team",
        "last_activity_at",
    )
    list_filter = (*RecordAdmin.list_filter, "stage")
    search_fields = ("full_name", "email")
    list_select_related = ("owner", "team", "stage")

    @display(description=_("Name"), ordering="full_name")
    def called(self, contact: Contact) -> str:
        """The name, as the column that leads to the row: it is never empty."""
        return str(contact)


@show(Company)
class CompanyAdmin(RecordAdmin):
    permission, noun = Permission.COMPANY_VIEW, "company"
    list_display = ("name", "domain", "city", "industry", "owner", "team", "updated_at")
    search_fields = ("name", "domain")


@show(Deal)
class DealAdmin(RecordAdmin):
    permission, noun = Permission.DEAL_VIEW, "deal"
    list_display = ("title", "amount", "currency", "stage", "status", "owner", "team", "close_date")
    list_filter = (*RecordAdmin.list_filter, "status", "pipeline")
    search_fields = ("title",)
    list_select_related = ("owner", "team", "stage")


@show(TaskReminder)
class TaskReminderAdmin(RowAdmin):
    permission = Permission.TASK_VIEW
    list_display = ("task", "minutes_before", "remind_at", "sent_at")
    list_select_related = ("task",)


@show(Task)
class TaskAdmin(RecordAdmin):
    permission, noun = Permission.TASK_VIEW, "task"
    list_display = ("title", "kind", "due_at", "done_at", "owner", "team")
    list_filter = (*RecordAdmin.list_filter, "kind")
    search_fields = ("title",)


@show(Activity)
class ActivityAdmin(RecordAdmin):
    permission, noun = Permission.ACTIVITY_VIEW, "activity"
    list_display = ("kind", "subject", "contact", "deal", "company", "actor", "occurred_at", "owner", "team")
    list_filter = (*RecordAdmin.list_filter, "kind", "subject")
    list_select_related = ("contact", "deal", "company", "actor", "owner", "team")


@show(ContactStage, LeadSource)
class ContactWordAdmin(RowAdmin):
    permission = Permission.CONTACT_VIEW
    list_display = ("name", "position")


class ContactPartAdmin(RowAdmin):
    """Rows that hang on a contact; shown to roles from which the contact's own field is not hidden."""

    permission = Permission.CONTACT_VIEW
    list_select_related: tuple[str, ...] = ("contact",)
    field = ""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        ctx = context(request)
        if ctx is None or self.field in scope_of(ctx).hidden_fields("contact"):
            return False
        return super().has_view_permission(request, obj)


@show(EmailAddress)
class EmailAddressAdmin(ContactPartAdmin):
    field = "email"
    list_display = ("address", "contact", "label", "is_primary", "bounced_at")
    search_fields = ("=address",)


@show(PhoneNumber)
class PhoneNumberAdmin(ContactPartAdmin):
    field = "phone"
    list_display = ("raw", "e164", "contact", "kind", "is_bad", "is_primary")
    search_fields = ("=e164",)


@show(Address)
class AddressAdmin(ContactPartAdmin):
    list_display = ("street", "postal_code", "city", "country", "contact", "is_primary")


@show(ContactCompany)
class ContactCompanyAdmin(ContactPartAdmin):
    field = "company_id"
    list_display = ("contact", "company", "role", "is_primary")
    list_select_related = ("contact", "company")


@show(Relationship)
class RelationshipAdmin(ContactPartAdmin):
    list_display = ("contact", "other", "kind", "created_at")
    list_select_related = ("contact", "other")


@show(Consent)
class ConsentAdmin(ContactPartAdmin):
    list_display = ("contact", "channel", "state", "at", "by", "proof")
    list_select_related = ("contact", "by")


@show(Tag)
class TagAdmin(RowAdmin):
    permission = Permission.CONTACT_VIEW
    list_display = ("name", "color", "created_at")
    search_fields = ("name",)


@show(SavedView)
class SavedViewAdmin(RowAdmin):
    permission = Permission.VIEW_MANAGE
    list_display = ("object", "name", "owner", "shared", "is_pinned", "position", "updated_at")
    list_filter = ("object", "shared")
    list_select_related = ("owner",)


@show(DefaultView)
class DefaultViewAdmin(RowAdmin):
    permission = Permission.VIEW_MANAGE
    list_display = ("member", "object", "view")
    list_select_related = ("member", "view")


@show(ContactTag)
class ContactTagAdmin(ContactPartAdmin):
    field = "tags"
    list_display = ("contact", "tag", "created_at")
    list_select_related = ("contact", "tag")


@show(Pipeline)
class PipelineAdmin(RowAdmin):
    permission = Permission.DEAL_VIEW
    list_display = ("name", "position")


@show(Stage)
class StageAdmin(RowAdmin):
    permission = Permission.DEAL_VIEW
    list_display = ("name", "pipeline", "kind", "probability", "position")
    list_select_related = ("pipeline",)


@show(LostReason)
class LostReasonAdmin(RowAdmin):
    permission = Permission.DEAL_VIEW
    list_display = ("name", "position")


@show(DealContact)
class DealContactAdmin(RowAdmin):
    permission = Permission.DEAL_VIEW
    list_display = ("deal", "contact", "role", "is_primary")
    list_select_related = ("deal", "contact")


@show(DealMember)
class DealMemberAdmin(RowAdmin):
    permission = Permission.DEAL_VIEW
    list_display = ("deal", "member", "role", "split")
    list_select_related = ("deal", "member")


@show(Attachment)
class AttachmentAdmin(RecordAdmin):
    permission, noun = Permission.ACTIVITY_VIEW, "attachment"
    list_display = ("filename", "size", "content_type", "subject", "actor", "created_at")
    search_fields = ("filename",)
    list_select_related = ("actor",)


@show(Upload)
class UploadAdmin(RowAdmin):
    permission = Permission.ACTIVITY_VIEW
    list_display = ("key", "created_at")


@show(StageChange)
class StageChangeAdmin(RowAdmin):
    permission = Permission.DEAL_VIEW
    list_display = ("deal", "from_name", "to_name", "at", "by", "seconds")
    list_select_related = ("deal", "by")


@show(StageRollup)
class StageRollupAdmin(RowAdmin):
    permission = Permission.DEAL_VIEW
    list_display = ("stage", "owner_id", "team_id", "currency", "count", "sum")
    list_select_related = ("stage",)


@show(CustomField)
class CustomFieldAdmin(RowAdmin):
    permission = Permission.FIELD_MANAGE
    list_display = ("object", "label", "key", "type", "required", "position", "retired_at")
    list_filter = ("object", "type")
    search_fields = ("label", "key")


@show(CustomFieldOption)
class CustomFieldOptionAdmin(RowAdmin):
    permission = Permission.FIELD_MANAGE
    list_display = ("field", "label", "key", "position")
    list_select_related = ("field",)


@show(DailyTotal)
class DailyTotalAdmin(RowAdmin):
    permission = Permission.DEAL_VIEW
    list_display = (
        "metric",
        "day",
        "owner_id",
        "team_id",
        "pipeline_id",
        "detail",
        "currency",
        "count",
        "sum",
    )


@show(Goal)
class GoalAdmin(RowAdmin):
    permission = Permission.DEAL_VIEW
    list_display = ("metric", "period", "owner", "team", "target", "currency", "created_at")
    list_select_related = ("owner", "team")


@show(Member)
class MemberAdmin(RowAdmin):
    permission = Permission.MEMBER_VIEW
    list_display = ("name", "email", "role", "is_active", "created_at")
    list_filter = ("role", "is_active")
    search_fields = ("name", "email")
    list_select_related = ("role",)
    actions = ("deactivate", "reactivate")

    @action(description=_("Deactivate"), permissions=["view"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Through the mutation, which keeps the last owner."""
        self.call_for_each(request, queryset, "roles.deactivate_member", "member_id")

    @action(description=_("Reactivate"), permissions=["view"])
    def reactivate(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Through the mutation."""
        self.call_for_each(request, queryset, "roles.reactivate_member", "member_id")


@show(Team)
class TeamAdmin(RowAdmin):
    permission = Permission.MEMBER_VIEW
    list_display = ("name", "created_at")


@show(Role)
class RoleAdmin(RowAdmin):
    permission = Permission.ROLE_VIEW
    list_display = ("name", "key", "description", "position")


@show(Invitation)
class InvitationAdmin(RowAdmin):
    permission = Permission.MEMBER_MANAGE
    list_display = ("email", "role", "state", "invited_by", "created_at", "expires_at")
    list_filter = ("state",)
    list_select_related = ("role", "invited_by")
    exclude = ("token_hash",)
    actions = ("revoke",)

    @action(description=_("Take back"), permissions=["view"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Through the mutation."""
        self.call_for_each(request, queryset, "roles.revoke_invitation", "invitation_id")


@show(AuditEntry)
class AuditEntryAdmin(RowAdmin):
    permission = Permission.AUDIT_VIEW
    list_display = ("at", "function", "actor_kind", "actor_id", "object", "object_id", "request_id")
    search_fields = ("=request_id",)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """What was changed in a record is shown to roles that see all of its fields; others have the audit page."""
        ctx = context(request)
        hidden = scope_of(ctx).hidden_fields(obj.object) if ctx and isinstance(obj, AuditEntry) else ()
        return [name for name in super().get_fields(request, obj) if not (hidden and name == "changes")]
