"""Reading what hangs on a contact: addresses, numbers, companies, related people, consent."""

from datetime import datetime
from typing import Any, cast

import orjson
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, JSONObject

from accounts.permissions import Permission
from accounts.roles.policy import record_rule, scope_of, visible_to
from crm.companies.models import Company
from crm.contacts.kinships import INVERSE
from crm.contacts.models import Consent, Contact, ContactCompany, Relationship
from crm.contacts.part_schemas import CompanyRoleRow, ConsentRow, ContactProfile, RelationshipRow
from crm.contacts.parts import ADDRESS, EMAIL, PHONE
from crm.records.fields import plain, readable, shows
from crm.records.reading import read_rows
from realtime.functions import Context, Cursor, Id, Limit, NotFound, Page, query, take_page
from realtime.reads.fixed import FixedQuery

CONSENT_COLUMNS = ("id", "channel", "state", "proof", "at")
PLACE_COLUMNS = ("company_id", "role", "is_primary")
#: Moments, which JSON knows as text only.
MOMENTS = ("bounced_at", "at")


def _parts(contact_id: int) -> QuerySet[Any, Any]:
    """(word, JSON) of everything on the contact that is seen with it: one statement, however many kinds."""
    found = [
        _as_json(kind.model.objects.filter(contact_id=contact_id), kind.word, *kind.columns)
        for kind in (EMAIL, PHONE, ADDRESS)
    ]
    newest = Consent.objects.filter(contact_id=contact_id).order_by("channel", "-at", "-id")
    consents = _as_json(newest.distinct("channel"), "consents", *CONSENT_COLUMNS, by_name="by__name")
    return found[0].union(*found[1:], consents, all=True)


def _as_json(rows: Any, word: str, *columns: str, **renamed: str) -> QuerySet[Any, Any]:
    names = {**{name: F(name) for name in columns}, **{name: F(path) for name, path in renamed.items()}}
    found: QuerySet[Any, Any] = rows.values_list(
        Value(word, TextField()), Cast(JSONObject(**names), TextField())
    )
    return found


PARTS = FixedQuery(_parts)
ENDS = FixedQuery(
    lambda contact_id: (
        Relationship.objects.filter(Q(contact_id=contact_id) | Q(other_id=contact_id))
        .order_by("id")
        .values_list("id", "contact_id", "other_id", "kind")[:200]
    )
)


@query(permission=Permission.CONTACT_VIEW)
def get_profile(ctx: Context, *, contact_id: Id) -> ContactProfile:
    """Read how a contact is reached, where they work, whom they know, and the newest word on each channel.

    The primary ones come first. Related contacts and companies are those that you may see.
    """
    _require_visible(ctx, contact_id)
    found: dict[str, list[Any]] = {"emails": [], "phones": [], "addresses": [], "consents": []}
    for word, text in PARTS.rows(contact_id):
        found[word].append(_with_moments(orjson.loads(text)))
    for rows in found.values():
        rows.sort(key=lambda row: (not row.get("is_primary"), row["id"]))
    if not shows(ctx, "contact", "email"):
        del found["emails"]
    if not shows(ctx, "contact", "phone"):
        del found["phones"]
    if shows(ctx, "contact", "company_id"):
        found["companies"] = _places(ctx, contact_id)
    return cast("ContactProfile", {**found, "relationships": relationships(ctx, contact_id)})


@query(permission=Permission.CONTACT_VIEW)
def list_consents(
    ctx: Context, *, contact_id: Id, cursor: Cursor | None = None, limit: Limit = 50
) -> Page[ConsentRow]:
    """List everything that a contact said about being written to or called, the newest first."""
    _require_visible(ctx, contact_id)
    found = Consent.objects.filter(contact_id=contact_id)
    rows, next_cursor = take_page(
        found.values(*CONSENT_COLUMNS, by_name=F("by__name")),
        order=("-at", "-id"),
        cursor=cursor,
        limit=limit,
    )
    return {"data": rows, "next_cursor": next_cursor}


@query(permission=Permission.COMPANY_VIEW)
def list_company_roles(ctx: Context, *, company_id: Id) -> list[CompanyRoleRow]:
    """List who is what in a company: the contacts in your sight with their roles, the first two hundred."""
    seen = visible_to(ctx, Permission.COMPANY_VIEW, Company.objects.filter(pk=company_id))
    if not seen.exists():
        raise NotFound("There is no company with this id.")
    if not (scope_of(ctx).allows(Permission.CONTACT_VIEW) and shows(ctx, "contact", "company_id")):
        return []
    found = ContactCompany.objects.filter(company_id=company_id, contact__archived_at=None)
    condition = record_rule(ctx, Permission.CONTACT_VIEW).q("contact__")
    if condition is not None:
        found = found.filter(condition)
    rows: Any = list(found.order_by("id").values("contact_id", "role", "is_primary")[:200])
    return cast("list[CompanyRoleRow]", rows)


def relationships(ctx: Context, contact_id: int) -> list[RelationshipRow]:
    """The contacts in sight that the contact is related to, and what they are to it."""
    known: dict[int, list[tuple[int, str]]] = {}
    for pk, here, there, kind in ENDS.rows(contact_id):
        if here == contact_id:
            known.setdefault(there, []).append((pk, kind))
        else:
            known.setdefault(here, []).append((pk, INVERSE[kind]))
    if not known:
        return []
    seen = visible_to(ctx, Permission.CONTACT_VIEW, Contact.objects.filter(pk__in=known, archived_at=None))
    columns, _renamed = readable(ctx, "contact", plain("full_name", "email", "phone"))
    rows: list[Any] = [
        {"id": pk, "kind": kind, **{name: row[name] for name in columns}, "contact_id": row["id"]}
        for row in seen.order_by("full_name", "id").values("id", *columns)
        for pk, kind in known[row["id"]]
    ]
    return rows


def place(contact_id: int, company_id: int) -> Any:
    """A contact's place in one company."""
    return (
        ContactCompany.objects.filter(contact_id=contact_id, company_id=company_id)
        .values(*PLACE_COLUMNS, company_name=F("company__name"))
        .get()
    )


def _places(ctx: Context, contact_id: int) -> list[Any]:
    """The companies in sight that the contact belongs to."""

    def build(pk: int) -> Any:
        found = ContactCompany.objects.filter(contact_id=pk, company__archived_at=None)
        condition = record_rule(ctx, Permission.COMPANY_VIEW).q("company__")
        if condition is not None:
            found = found.filter(condition)
        return found.order_by("-is_primary", "id").values(*PLACE_COLUMNS, company_name=F("company__name"))

    return read_rows(ctx, "places", build, contact_id)


def _require_visible(ctx: Context, contact_id: int) -> None:
    def build(pk: int) -> Any:
        return visible_to(ctx, Permission.CONTACT_VIEW, Contact.objects.filter(pk=pk)).values("id")

    if not ctx.once(("in_sight", "contact", contact_id), lambda: read_rows(ctx, "seen", build, contact_id)):
        raise NotFound("There is no contact with this id.")


def _with_moments(row: dict[str, Any]) -> dict[str, Any]:
    for name in MOMENTS:
        if row.get(name):
            row[name] = datetime.fromisoformat(row[name])
    return row
