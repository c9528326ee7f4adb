"""What records that a log or a run is about are called, and where they are: one statement a kind of record."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.urls import reverse

from accounts.permissions import Permission
from accounts.roles.models import Member
from accounts.roles.policy import scope_of, visible_to
from crm.companies.models import Company
from crm.contacts.models import Contact, ContactStage
from crm.deals.models import Deal, Stage
from crm.sequences.models import Enrollment
from crm.tasks.models import Task
from realtime.functions import Context

Subject = tuple[str, int]
#: Kind of record -> its table, what it is called, and the permission that shows it.
NAMED: dict[str, tuple[Any, str, Permission]] = {
    "contact": (Contact, "full_name", Permission.CONTACT_VIEW),
    "company": (Company, "name", Permission.COMPANY_VIEW),
    "deal": (Deal, "title", Permission.DEAL_VIEW),
    "task": (Task, "title", Permission.TASK_VIEW),
}
#: What whoever may read a log sees all of.
PLAIN: dict[str, type[Model]] = {"member": Member, "stage": Stage, "contact_stage": ContactStage}
#: Fields that a name is made of: a role that may not see one of them is told no name.
PARTS = {"contact": {"first_name", "last_name", "full_name"}, "company": {"name"}}


def subject_names(ctx: Context, subjects: Iterable[tuple[str, int | None]]) -> dict[Subject, str]:
    """The names of those of the records that the actor may see; a contact's for its way through a sequence."""
    ids: dict[str, set[int]] = {}
    for kind, pk in subjects:
        if pk is not None:
            ids.setdefault(kind, set()).add(pk)
    return {(kind, pk): name or f"#{pk}" for kind in ids for pk, name in _names(ctx, kind, ids[kind])}


def subject_link(kind: str, pk: int | None) -> str:
    """Where the record has its page; nothing if that kind has none."""
    places = {**dict.fromkeys(NAMED, kind), "enrollment": "enrollment", "automation": "automation"}
    return reverse(places[kind], args=[pk]) if kind in places and pk is not None else ""


def _names(ctx: Context, kind: str, ids: set[int]) -> list[tuple[int, str]]:
    if kind in PLAIN:
        return list(PLAIN[kind]._default_manager.filter(pk__in=ids).values_list("id", "name"))
    record = "contact" if kind == "enrollment" else kind
    if record not in NAMED or scope_of(ctx).hidden_fields(record) & PARTS.get(record, set()):
        return []
    model, name, permission = NAMED[record]
    if kind == "enrollment":
        seen = visible_to(ctx, permission, model.objects.all())
        ways = Enrollment.objects.filter(pk__in=ids, contact__in=seen)
        return list(ways.values_list("id", "contact__full_name"))
    return list(visible_to(ctx, permission, model.objects.filter(pk__in=ids)).values_list("id", name))
