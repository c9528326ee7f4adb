"""What steps know about the record that a run is about, and texts with its fields in them."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, StringConstraints

from accounts.permissions import Permission
from accounts.roles.models import Member, TeamMember
from accounts.zones import time_zone_of
from crm.activities.models import Activity
from crm.automations.definition import STRICT, Object
from crm.automations.records import KINDS
from crm.automations.schemas import Answered, Facts, Matched
from crm.filters.catalogs import Catalog, Finder, catalog_of
from crm.filters.grammar import Condition, FieldName, Filter
from crm.filters.searching import filtered, zone_of
from realtime.functions import Context, Id, pattern, query

#: What a text may take from each kind of record, as ``{contact.first_name}``.
MERGE_FIELDS: dict[str, tuple[str, ...]] = {
    "contact": (
        "full_name",
        "first_name",
        "last_name",
        "email",
        "phone",
        "job_title",
        "source",
        "company_name",
    ),
    "company": ("name", "domain", "industry", "city"),
    "deal": ("title", "amount", "currency", "close_date", "status", "stage"),
    "task": ("title", "kind"),
    "owner": ("name", "email"),
}
DayText = Annotated[
    str,
    StringConstraints(
        pattern=pattern(r"^\d{4}-\d\d-\d\d$", "Give a day as year-month-day, such as 2026-05-03.")
    ),
]
#: ``{contact.first_name}``, or as templates of emails have it, with what is written where there is nothing to say:
#: ``{{contact.first_name|there}}``.
_PLACE = re.compile(
    r"(?P<two>\{)?\{[ \t]*(?P<noun>[A-Za-z]\w*)(?:\.(?P<name>[\w.]+))?[ \t]*"
    r"(?:\|(?P<fallback>[^{}]{0,200}))?\}(?(two)\})"
)


class ReachedDay(BaseModel):
    """The field and the day that a run began for."""

    model_config = STRICT

    field: FieldName
    day: DayText


@query(permission=Permission.SYSTEM)
def get_facts(ctx: Context, *, object: Object, record_id: Id, reached: ReachedDay | None = None) -> Facts:
    """Read what a run's steps need of its record; ``is_there`` is false once it is gone or in the bin.

    ``is_moved`` is true when the record's day is no longer the one that the run began for.
    """
    kind = KINDS[object]
    row = kind.model.objects.filter(pk=record_id, archived_at=None).first()
    if row is None:
        return {"is_there": False, "is_moved": False, "name": "", "link": "", "owner_id": None, "leader_ids": [],
                "contact_id": None, "deal_id": None, "company_id": None, "fields": {}}  # fmt: skip
    contact = row if object == "contact" else getattr(row, "contact", None)
    fields: dict[str, dict[str, str]] = {object: _fields(object, row)}
    if contact is not None and object != "contact":
        fields["contact"] = _fields("contact", contact)
    if row.owner_id is not None:
        owner = Member.objects.filter(pk=row.owner_id).values("name", "email").first()
        fields["owner"] = {name: str(value) for name, value in (owner or {}).items()}
    return {
        "is_there": True,
        "is_moved": reached is not None and not _is_still(ctx, object, record_id, reached),
        "name": str(getattr(row, kind.name)),
        "link": kind.page.format(record_id),
        "owner_id": row.owner_id,
        "leader_ids": _leaders(row.team_id),
        "contact_id": None if contact is None else contact.pk,
        "deal_id": record_id if object == "deal" else getattr(row, "deal_id", None),
        "company_id": record_id if object == "company" else _company_of(row, contact),
        "fields": fields,
    }


def _is_still(ctx: Context, object: Object, record_id: int, reached: ReachedDay) -> bool:
    return matches(ctx, object, record_id, Condition(field=reached.field, op="is", value=reached.day))


def _company_of(row: Any, contact: Any) -> int | None:
    own: int | None = getattr(row, "company_id", None)
    return own if own is not None or contact is None else contact.company_id


def _fields(object: str, row: Any) -> dict[str, str]:
    """A record's merge fields as texts."""
    found = {name: getattr(row, name, None) for name in MERGE_FIELDS[object]}
    return {name: "" if value is None else str(value) for name, value in found.items()}


def _leaders(team_id: int | None) -> list[int]:
    if team_id is None:
        return []
    found = TeamMember.objects.filter(team=team_id, is_leader=True, member__is_active=True)
    return list(found.order_by("member_id").values_list("member_id", flat=True))


@query(permission=Permission.SYSTEM)
def match_record(ctx: Context, *, object: Object, record_id: Id, filter: Filter) -> Matched:
    """Whether conditions hold of a record now."""
    return {"matches": matches(ctx, object, record_id, filter)}


def matches(ctx: Context, object: Object, record_id: int, filter: Filter | None) -> bool:
    """Whether the record is there, not in the bin, and admitted by the filter."""
    live = KINDS[object].model.objects.filter(pk=record_id, archived_at=None)
    return bool(admits(ctx, catalog_of(object), live, filter).exists())


@query(permission=Permission.SYSTEM)
def has_replied(ctx: Context, *, contact_id: Id, since: AwareDatetime) -> Answered:
    """Whether a contact has written, called or met since a moment."""
    found = Activity.objects.filter(
        contact=contact_id, occurred_at__gte=since, archived_at=None, direction="in"
    )
    return {"replied": found.exists()}


def admits(ctx: Context, catalog: Catalog, records: Any, filter: Filter | None) -> Any:
    """The records that a filter admits; days begin where the firm is."""
    if filter is None:
        return records
    zone = time_zone_of(ctx.schema)
    return filtered(ctx, Finder(ctx, catalog), records, filter, zone_of(zone))


def merged(text: str, facts: Mapping[str, Any]) -> str:
    """The text with the record's fields in it; what there is nothing to say for becomes empty."""
    fields = facts["fields"]

    def value(found: re.Match[str]) -> str:
        known = str(fields.get(found["noun"], {}).get(found["name"] or "", ""))
        return known or (found["fallback"] or "").strip()

    return _PLACE.sub(value, text).strip()


def unknown_places(text: str, hidden: Callable[[str], Collection[str]] = lambda _noun: ()) -> list[str]:
    """The places of a text that no field fills, those included that are hidden from whoever writes it."""
    return [
        found[0]
        for found in _PLACE.finditer(text)
        if found["name"] not in MERGE_FIELDS.get(found["noun"], ()) or found["name"] in hidden(found["noun"])
    ]


def has_places(text: str) -> bool:
    """Whether the record's fields are to be filled in."""
    return _PLACE.search(text) is not None
