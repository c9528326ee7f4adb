"""Changing whom a contact knows, where they work, and what they agreed to."""

from typing import cast

from django.db.models import F
from pydantic import AwareDatetime

from accounts.permissions import Permission
from accounts.roles.policy import member_id_of, refuse_readonly
from crm.companies.models import Company
from crm.contacts import kinships
from crm.contacts.locking import WORD, lock_contact
from crm.contacts.models import Consent, Contact, ContactCompany, Relationship
from crm.contacts.part_schemas import (
    CompanyPlaceRow,
    CompanyRole,
    ConsentChannel,
    ConsentRow,
    ConsentState,
    Kinship,
    PartDeleted,
    Proof,
    RelationshipRow,
)
from crm.contacts.profile import CONSENT_COLUMNS, place, relationships
from crm.records import writes
from crm.records.links import check_link
from realtime.functions import Conflict, Context, Id, NotFound, Phrase, Version, invalid, mutation

EDIT = Permission.CONTACT_EDIT
KNOWN = {"relationship_unique": ("other_id", "They are already related in this way.")}
MOST = 100


@mutation(permission=EDIT, conflicts=KNOWN)
def add_relationship(
    ctx: Context, *, contact_id: Id, other_id: Id, kind: Kinship, version: Version | None = None
) -> RelationshipRow:
    """Say what another contact is to this one: their spouse, or who referred them. Seen from both contacts."""
    if other_id == contact_id:
        raise invalid("other_id", "A contact is not related to themselves: choose another one.", "itself")
    contact = lock_contact(ctx, contact_id, version=version)
    check_link(ctx, Permission.CONTACT_VIEW, Contact, "other_id", other_id)
    first, second, word = kinships.stored(contact_id, other_id, kind)
    row = Relationship.objects.create(contact_id=first, other_id=second, kind=word)
    writes.write(ctx, contact, WORD, {}, told={"relationships": [None, f"{kind}: {other_id}"]})
    return next(found for found in relationships(ctx, contact_id) if found["id"] == row.pk)


@mutation(permission=EDIT)
def delete_relationship(
    ctx: Context, *, contact_id: Id, relationship_id: Id, version: Version | None = None
) -> PartDeleted:
    """Take back that two contacts are related."""
    contact = lock_contact(ctx, contact_id, version=version)
    found = [row for row in relationships(ctx, contact_id) if row["id"] == relationship_id]
    if not found:
        raise NotFound("The contact has no relationship with this id.")
    Relationship.objects.filter(pk=relationship_id).delete()
    told = f"{found[0]['kind']}: {found[0]['contact_id']}"
    writes.write(ctx, contact, WORD, {}, told={"relationships": [told, None]})
    return {"id": relationship_id}


@mutation(permission=EDIT)
def put_company_role(
    ctx: Context,
    *,
    contact_id: Id,
    company_id: Id,
    role: CompanyRole = "",
    is_primary: bool = False,
    version: Version | None = None,
) -> CompanyPlaceRow:
    """Say that a contact belongs to a company, and as what. The first company is the primary one."""
    contact = lock_contact(ctx, contact_id, version=version)
    refuse_readonly(ctx, WORD, {"company_id"})
    check_link(ctx, Permission.COMPANY_VIEW, Company, "company_id", company_id)
    places = ContactCompany.objects.filter(contact=contact)
    if places.count() >= MOST:
        raise Conflict(Phrase("A contact belongs to at most %(most)s companies.", most=MOST))
    ContactCompany.objects.update_or_create(contact=contact, company_id=company_id, defaults={"role": role})
    if is_primary or contact.company_id is None:
        _make_primary(ctx, contact, company_id, role)
    else:
        writes.write(ctx, contact, WORD, {}, told={"companies": [None, f"{company_id}: {role}"]})
    return cast("CompanyPlaceRow", place(contact_id, company_id))


def _make_primary(ctx: Context, contact: Contact, company_id: int, role: str) -> None:
    name = Company.objects.values_list("name", flat=True).get(pk=company_id)
    told = {"companies": [None, f"{company_id}: {role}"]}
    writes.write(ctx, contact, WORD, {"company_id": company_id}, {"company_name": name}, told)


@mutation(permission=EDIT)
def delete_company_role(
    ctx: Context, *, contact_id: Id, company_id: Id, version: Version | None = None
) -> PartDeleted:
    """Take a contact out of a company; if it was the primary one, the oldest other one becomes that."""
    contact = lock_contact(ctx, contact_id, version=version)
    refuse_readonly(ctx, WORD, {"company_id"})
    places = ContactCompany.objects.filter(contact=contact)
    if not places.filter(company_id=company_id).delete()[0]:
        raise NotFound("The contact does not belong to this company.")
    told = {"companies": [company_id, None]}
    if contact.company_id == company_id:
        heir = places.order_by("id").values_list("company_id", "company__name").first() or (None, "")
        writes.write(ctx, contact, WORD, {"company_id": heir[0]}, {"company_name": heir[1]}, told)
    else:
        writes.write(ctx, contact, WORD, {}, told=told)
    return {"id": company_id}


@mutation(permission=EDIT)
def record_consent(
    ctx: Context,
    *,
    contact_id: Id,
    channel: ConsentChannel,
    state: ConsentState,
    proof: Proof = "",
    at: AwareDatetime | None = None,
    version: Version | None = None,
) -> ConsentRow:
    """Note what a contact said about one channel, when, and how that can be shown. Earlier notes stay."""
    contact = lock_contact(ctx, contact_id, version=version)
    if at is not None and at > ctx.now:
        raise invalid(
            "at", "Consent is given or withdrawn before it is noted: give a time in the past.", "future"
        )
    row = Consent.objects.create(
        contact=contact, channel=channel, state=state, proof=proof, at=at or ctx.now, by_id=member_id_of(ctx)
    )
    writes.write(ctx, contact, WORD, {}, told={f"consent_{channel}": [None, state]})
    found = Consent.objects.filter(pk=row.pk).values(*CONSENT_COLUMNS, by_name=F("by__name"))
    return cast("ConsentRow", found.get())
