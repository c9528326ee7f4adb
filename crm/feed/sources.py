"""What the feed tells: the tables, who sees which of their rows, and which columns.

A row's sight must follow from its own columns that the change log keeps (owner, team, subject): that is how the
feed knows whether a row was in sight before a change.
"""

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from types import SimpleNamespace
from typing import Any

from django.db.models import Model, QuerySet
from django.db.models.expressions import Combinable

from accounts.permissions import Access, Permission
from accounts.roles.models import Member, Team
from accounts.roles.policy import can, record_rule, scope_of, visible_to
from crm.activities import queries as activities
from crm.activities.access import SUBJECTS, sees, visible_activities
from crm.activities.models import Activity
from crm.activities.queries import as_allowed
from crm.companies import queries as companies
from crm.companies.models import Company
from crm.contacts import next_task
from crm.contacts import queries as contacts
from crm.contacts.models import Contact, ContactStage, LeadSource
from crm.deals import queries as deals
from crm.deals.models import Deal, DealContact, DealMember, LostReason, Pipeline, Stage
from crm.files.models import Attachment
from crm.files.queries import visible_attachments
from crm.records.fields import FieldMap, plain, readable, shows
from crm.segments.models import Tag
from crm.tasks import queries as tasks
from crm.tasks.models import Task
from realtime.functions import Context

Row = dict[str, Any]
FILE = (
    "id", "subject", "contact_id", "deal_id", "company_id", "activity_id", "filename", "size", "sha256",
    "content_type", "actor_id", "owner_id", "team_id", "created_at", "archived_at", "version",
)  # fmt: skip
#: Columns about another record, which may be out of sight.
NOT_TOLD = frozenset(next_task.COLUMNS)
#: The one column that is not shown as it stands: values of custom fields, without the hidden ones.
CUSTOM = "custom"
NAMED = plain("id", "name", "position")


@dataclass(frozen=True)
class Source:
    """A table whose rows all who have the permission see."""

    name: str
    model: type[Model]
    permission: Permission
    #: What the area's own functions show of a row; of it the feed tells what stands in the row itself.
    fields: FieldMap

    @property
    def table(self) -> str:
        """The table's name in the log."""
        return self.model._meta.db_table

    @cached_property
    def _own(self) -> FieldMap:
        return {name: origin for name, origin in self.fields.items() if self._is_told(name, origin)}

    def _is_told(self, name: str, origin: object) -> bool:
        return name in (origin, CUSTOM) and name not in NOT_TOLD

    def _readable(self, ctx: Context) -> tuple[list[str], dict[str, Combinable]]:
        return readable(ctx, self.model._meta.model_name or "", self._own)

    def columns(self, ctx: Context) -> list[str]:
        """The names of what the actor's role shows of a row."""
        columns, renamed = self._readable(ctx)
        return [*columns, *renamed]

    def digest(self, ctx: Context) -> str:
        """Equal as long as the actor sees the same rows and columns, changes of rows aside."""
        told = repr((self.columns(ctx), self.rules(ctx)))
        return blake2b(told.encode(), digest_size=6).hexdigest()

    def rules(self, ctx: Context) -> object:
        """What decides which rows the actor sees and how."""
        return scope_of(ctx).allows(self.permission)

    def sees(self, ctx: Context, row: Row) -> bool:
        """Whether the row, as the log keeps it, is in sight."""
        return scope_of(ctx).allows(self.permission)

    def visible(self, ctx: Context) -> QuerySet[Any, Any]:
        """The rows in sight, those in the bin too."""
        rows = self.model._default_manager.all()
        return rows if scope_of(ctx).allows(self.permission) else rows.none()

    def rows(self, ctx: Context, found: QuerySet[Any, Any], limit: int | None = None) -> list[Row]:
        """The rows of the queryset, by their ids, as the actor may read them."""
        columns, renamed = self._readable(ctx)
        return list(found.order_by("pk").values(*columns, **renamed)[:limit])

    def changed(self, row: Row, logged: set[str]) -> list[str]:
        """Which of a row's columns have changed."""
        return [name for name in row if name in logged]

    def old_values(self, ctx: Context, logged: Row) -> Row:
        """The logged values of the columns that the actor may read, in the form of results."""
        columns, _ = self._readable(ctx)
        fields = {field.attname: field for field in self.model._meta.concrete_fields}
        return {name: fields[name].to_python(logged[name]) for name in columns if name in logged}


@dataclass(frozen=True)
class RecordSource(Source):
    """A table of records: own, team or all."""

    def rules(self, ctx: Context) -> object:
        return record_rule(ctx, self.permission)

    def sees(self, ctx: Context, row: Row) -> bool:
        return can(ctx, self.permission, SimpleNamespace(**row))

    def visible(self, ctx: Context) -> QuerySet[Any, Any]:
        return visible_to(ctx, self.permission, self.model._default_manager.all())


@dataclass(frozen=True)
class FileSource(RecordSource):
    """Files are seen with the records that they stand on, as activities are."""

    def rules(self, ctx: Context) -> object:
        words = (self.permission, *SUBJECTS.values())
        return [record_rule(ctx, word) for word in words], shows(ctx, "deal", "contact_id")

    def rows(self, ctx: Context, found: QuerySet[Any, Any], limit: int | None = None) -> list[Row]:
        return [self._as_allowed(ctx, row) for row in super().rows(ctx, found, limit)]

    def old_values(self, ctx: Context, logged: Row) -> Row:
        return self._as_allowed(ctx, super().old_values(ctx, logged))

    def _as_allowed(self, ctx: Context, row: Row) -> Row:
        """The row without whom its deal is with, where the role hides that."""
        if row.get("contact_id") and row.get("subject") == "deal" and not shows(ctx, "deal", "contact_id"):
            return {**row, "contact_id": None}
        return row

    def sees(self, ctx: Context, row: Row) -> bool:
        record: Any = SimpleNamespace(**row)
        return sees(ctx, record)

    def visible(self, ctx: Context) -> QuerySet[Any, Any]:
        return visible_attachments(ctx, Attachment.objects.all())


@dataclass(frozen=True)
class ActivitySource(Source):
    """Activities are seen with the records that they stand on."""

    def rules(self, ctx: Context) -> object:
        hidden = [sorted(scope_of(ctx).hidden_fields(word)) for word in SUBJECTS]
        return [record_rule(ctx, word) for word in (self.permission, *SUBJECTS.values())], hidden

    def sees(self, ctx: Context, row: Row) -> bool:
        record: Any = SimpleNamespace(**row)
        return sees(ctx, record)

    def visible(self, ctx: Context) -> QuerySet[Any, Any]:
        return visible_activities(ctx, Activity.objects.all())

    def rows(self, ctx: Context, found: QuerySet[Any, Any], limit: int | None = None) -> list[Row]:
        return as_allowed(ctx, super().rows(ctx, found, limit))

    def old_values(self, ctx: Context, logged: Row) -> Row:
        found = super().old_values(ctx, logged)
        return as_allowed(ctx, [found])[0] if found else found


@dataclass(frozen=True)
class PartSource(Source):
    """Parts of a deal are seen with the deal, and people in it with the contact as well."""

    #: What shows each of the records that a row bears the owner and team of, and the columns' prefix.
    records: tuple[tuple[Permission, str], ...] = ()
    #: A field of the deal without which there is nothing to see.
    behind: str = ""

    def _is_shown(self, ctx: Context) -> bool:
        return not self.behind or shows(ctx, "deal", self.behind)

    def rules(self, ctx: Context) -> object:
        return [record_rule(ctx, word) for word, _ in self.records], self._is_shown(ctx)

    def sees(self, ctx: Context, row: Row) -> bool:
        places = [
            (word, SimpleNamespace(owner_id=row[f"{prefix}owner_id"], team_id=row[f"{prefix}team_id"]))
            for word, prefix in self.records
        ]
        return self._is_shown(ctx) and all(can(ctx, word, place) for word, place in places)

    def visible(self, ctx: Context) -> QuerySet[Any, Any]:
        rows = self.model._default_manager.all()
        for word, prefix in self.records:
            rule = record_rule(ctx, word)
            if rule.access is Access.NONE or not self._is_shown(ctx):
                return rows.none()
            condition = rule.q(prefix)
            rows = rows if condition is None else rows.filter(condition)
        return rows


OF_DEAL = (Permission.DEAL_VIEW, "")
SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        RecordSource("contacts", Contact, Permission.CONTACT_VIEW, contacts.DETAIL),
        RecordSource("companies", Company, Permission.COMPANY_VIEW, companies.DETAIL),
        RecordSource("deals", Deal, Permission.DEAL_VIEW, deals.ROW),
        RecordSource("tasks", Task, Permission.TASK_VIEW, tasks.ROW),
        ActivitySource("activities", Activity, Permission.ACTIVITY_VIEW, activities.ROW),
        FileSource("files", Attachment, Permission.ACTIVITY_VIEW, plain(*FILE)),
        Source("tags", Tag, Permission.CONTACT_VIEW, plain("id", "name", "color")),
        Source("lead_sources", LeadSource, Permission.CONTACT_VIEW, NAMED),
        Source("contact_stages", ContactStage, Permission.CONTACT_VIEW, NAMED),
        Source("pipelines", Pipeline, Permission.DEAL_VIEW, NAMED),
        Source(
            "stages",
            Stage,
            Permission.DEAL_VIEW,
            {**NAMED, **plain("pipeline_id", "kind", "probability", "rot_days")},
        ),
        PartSource(
            "deal_contacts",
            DealContact,
            Permission.DEAL_VIEW,
            plain("id", "deal_id", "contact_id", "role", "is_primary"),
            (OF_DEAL, (Permission.CONTACT_VIEW, "contact_")),
            "contact_id",
        ),
        PartSource(
            "deal_members",
            DealMember,
            Permission.DEAL_VIEW,
            plain("id", "deal_id", "member_id", "role", "split"),
            (OF_DEAL,),
        ),
        Source("lost_reasons", LostReason, Permission.DEAL_VIEW, NAMED),
        Source("members", Member, Permission.MEMBER_VIEW, plain("id", "name", "email", "is_active")),
        Source("teams", Team, Permission.MEMBER_VIEW, plain("id", "name")),
    )
}
