"""Changing contacts."""

from typing import Any

from accounts.permissions import Permission
from accounts.roles.policy import get_visible, refuse_readonly
from crm.companies.models import Company
from crm.contacts.locking import WORD, lock_contact
from crm.contacts.models import Contact, ContactStage
from crm.contacts.naming import refuse_nameless
from crm.contacts.parts import EMAIL, PHONE, heir_of
from crm.contacts.phones import e164
from crm.contacts.queries import get_contact
from crm.contacts.schemas import (
    ContactChanges,
    ContactDetail,
    Email,
    ExternalId,
    JobTitle,
    PersonName,
    Phone,
    Price,
    TagNames,
    TimeFrame,
)
from crm.contacts.tagging import add_tags, refuse_tags
from crm.fields.schemas import CustomValues
from crm.fields.values import changed_values, new_values
from crm.records import writes
from crm.records.conflicts import refuse_overlap
from crm.records.custom import COLUMN, custom_names
from crm.records.results import ref
from crm.records.schemas import RecordRef
from realtime.functions import Context, Id, NotFound, Prose, Version, Word, invalid, mutation
from realtime.reads.fixed import FixedQuery

CONFLICTS = {
    "contact_external_id_unique": ("external_id", "Another contact of this source has this external id.")
}
STAGE = FixedQuery(lambda stage_id: ContactStage.objects.filter(pk=stage_id).values_list("id"))
FIRST_STAGE = FixedQuery(
    lambda: ContactStage.objects.order_by("position", "id").values_list("id")[:1], parameters=0
)


@mutation(permission=Permission.CONTACT_CREATE, conflicts=CONFLICTS)
def create_contact(
    ctx: Context,
    *,
    first_name: PersonName = "",
    last_name: PersonName = "",
    email: Email = "",
    phone: Phone = "",
    job_title: JobTitle = "",
    stage_id: Id | None = None,
    source: Word = "",
    company_id: Id | None = None,
    background: Prose = "",
    price: Price | None = None,
    time_frame: TimeFrame = "",
    external_id: ExternalId = "",
    tags: TagNames | None = None,
    custom: CustomValues | None = None,
    owner_id: Id | None = None,
) -> ContactDetail:
    """Create a contact with at least a name, an email address or a phone number. You own it unless you say who."""
    given: dict[str, Any] = {
        "first_name": first_name, "last_name": last_name, "email": email.lower(), "phone": phone,
        "job_title": job_title, "source": source, "background": background, "company_id": company_id,
        "price": price, "time_frame": time_frame, "external_id": external_id,
    }  # fmt: skip
    owner = writes.owned_by(ctx, owner_id, Permission.CONTACT_ASSIGN)
    values = new_values(ctx, WORD, custom)
    return _answer(ctx, insert_contact(ctx, given, values, owner, tags, stage_id))


def insert_contact(
    ctx: Context,
    given: dict[str, Any],
    values: dict[str, Any],
    owner: dict[str, int | None],
    tags: TagNames | None = None,
    stage_id: int | None = None,
) -> Contact:
    """A new contact of checked fields, values of custom fields, and ``owner_id`` and ``team_id``."""
    contact = Contact(
        **given,
        custom_values=values,
        **_derived(ctx, given, None),
        stage_id=_stage(stage_id),
        **owner,
        last_activity_at=ctx.now,
    )
    refuse_tags(ctx, tags)
    writes.create(ctx, contact, WORD, {**given, **custom_names(values)})
    add_tags(ctx, contact, tags or [])
    return contact


@mutation(permission=Permission.CONTACT_EDIT, conflicts=CONFLICTS)
def update_contact(
    ctx: Context,
    *,
    contact_id: Id,
    changes: ContactChanges,
    version: Version | None = None,
    merge: bool = False,
) -> ContactDetail:
    """Change fields of a contact; those not sent stay as they are.

    ``email``, ``phone`` and ``company_id`` are the primary ones: a new value replaces the primary one, an empty one
    takes it away and the oldest other one becomes primary. With ``merge`` an older ``version`` is refused only if
    one of the fields sent has changed since; the errors say from what to what, and by whom.
    """
    sent = changes.sent()
    contact = lock_contact(ctx, contact_id, version=None if merge else version)
    refuse_overlap(ctx, contact, WORD, version if merge else None, sent)
    change_contact(ctx, contact, sent)
    return _answer(ctx, contact)


def change_contact(ctx: Context, contact: Contact, sent: dict[str, Any]) -> None:
    """Write the given fields of a locked contact, with all that follows from them."""
    if "email" in sent:
        sent["email"] = sent["email"].lower()
    if "stage_id" in sent:
        sent["stage_id"] = _stage(sent["stage_id"])
    if "custom" in sent:
        sent[COLUMN] = changed_values(ctx, WORD, contact.custom_values, sent.pop("custom"))
    for kind in (EMAIL, PHONE):
        if sent.get(kind.column) == "" and getattr(contact, kind.column):
            refuse_readonly(ctx, WORD, {kind.column})
            sent[kind.column] = heir_of(contact, kind)
    writes.apply(ctx, contact, WORD, sent, _derived(ctx, sent, contact))


@mutation(permission=Permission.CONTACT_ASSIGN)
def assign_contact(
    ctx: Context,
    *,
    contact_id: Id,
    owner_id: Id | None,
    team_id: Id | None = None,
    version: Version | None = None,
) -> RecordRef:
    """Give a contact to a member, or to nobody: then it waits in the pool, of a team if one is given."""
    contact = lock_contact(ctx, contact_id, Permission.CONTACT_ASSIGN, version)
    writes.assign(ctx, contact, WORD, owner_id, team_id)
    return ref(contact)


@mutation(permission=Permission.CONTACT_DELETE)
def archive_contact(ctx: Context, *, contact_id: Id, version: Version | None = None) -> RecordRef:
    """Put a contact into the bin."""
    contact = lock_contact(ctx, contact_id, Permission.CONTACT_DELETE, version)
    writes.archive(ctx, contact, WORD)
    return ref(contact)


@mutation(permission=Permission.CONTACT_DELETE, conflicts=CONFLICTS)
def restore_contact(ctx: Context, *, contact_id: Id) -> ContactDetail:
    """Take a contact out of the bin."""
    contact = lock_contact(ctx, contact_id, Permission.CONTACT_DELETE, None)
    writes.restore(ctx, contact, WORD)
    return _answer(ctx, contact)


def _answer(ctx: Context, contact: Contact) -> ContactDetail:
    return get_contact(ctx, contact_id=contact.pk)


def _stage(stage_id: int | None) -> int:
    """The stage's id, the first one for none; InvalidInput if there is no such stage."""
    found = FIRST_STAGE.rows() if stage_id is None else STAGE.rows(stage_id)
    if not found:
        raise invalid("stage_id", "There is no stage with this id.", "unknown_stage")
    return int(found[0][0])


def _derived(ctx: Context, values: dict[str, Any], contact: Contact | None) -> dict[str, Any]:
    """What follows from the values: the full name, the phone as E.164, the company's name."""

    def now(field: str) -> Any:
        return values.get(field, getattr(contact, field, None))

    # A contact without a name is shown by its email or phone; not stored as its name, as a role may hide those.
    refuse_nameless(contact, values)
    same_phone = contact is not None and contact.phone == now("phone")
    return {
        "full_name": f"{now('first_name')} {now('last_name')}".strip(),
        "phone_e164": contact.phone_e164 if contact and same_phone else e164(ctx, now("phone")),
        "company_name": _company_name(ctx, now("company_id"), contact),
    }


def _company_name(ctx: Context, company_id: int | None, contact: Contact | None) -> str:
    if company_id is None:
        return ""
    if contact is not None and contact.company_id == company_id and contact.company_name:
        return contact.company_name
    try:
        company: Company = get_visible(ctx, Permission.COMPANY_VIEW, Company.objects.all(), company_id)
    except NotFound:
        raise invalid("company_id", "There is no company with this id.", "unknown_company") from None
    return company.name
