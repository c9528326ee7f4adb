"""Creating a contact or changing the one that is there, found by a key of the caller's choice."""

from typing import Any, Literal, cast

from django.db import connection
from django.db.models import QuerySet

from accounts.permissions import Permission
from accounts.roles.policy import visible_to
from crm.contacts.filling import add_points
from crm.contacts.locking import lock_contact
from crm.contacts.models import Contact, EmailAddress, PhoneNumber
from crm.contacts.mutations import CONFLICTS, change_contact, create_contact
from crm.contacts.phones import e164
from crm.contacts.queries import get_contact
from crm.contacts.schemas import ContactUpserted, ContactValues
from crm.contacts.tagging import add_tags, refuse_tags
from crm.records.fields import shows
from realtime.functions import Context, invalid, mutation
from realtime.functions.call import permit

Match = Literal["email", "phone", "external_id"]


@mutation(permission=Permission.CONTACT_EDIT, conflicts=CONFLICTS)
def upsert_contact(ctx: Context, *, match: Match, values: ContactValues) -> ContactUpserted:
    """Change the contact in your sight that has this email, phone or external id (of the source), or create it.

    All of a contact's addresses and numbers count; of several contacts the oldest is taken. Of the fields sent,
    another email or phone is added to those that the contact has, ``tags`` are added, the rest is overwritten.
    Two callers at once make one contact. ``created`` says what happened.
    """
    given = values.sent()
    found = _find(ctx, match, given)
    if found is None:
        permit(create_contact, ctx)
        made = create_contact(ctx, **{**given, "tags": given.get("tags")})
        return cast("ContactUpserted", {**made, "created": True})
    _change(ctx, lock_contact(ctx, found), given)
    return cast("ContactUpserted", {**get_contact(ctx, contact_id=found), "created": False})


def _find(ctx: Context, match: Match, given: dict[str, Any]) -> int | None:
    """The id of the contact that the key leads to; others who look for the same key wait until commit."""
    if not shows(ctx, "contact", match):
        raise invalid("match", "Your role may not see this field: match by another one.", "field_forbidden")
    key = str(given.get(match) or "").strip().lower()
    if match == "phone":
        key = e164(ctx, key)
    if not key:
        raise invalid(f"values.{match}", "Give a usable value to match by.", "required")
    source = given.get("source", "")
    one_at_a_time(ctx, match, f"{source} {key}" if match == "external_id" else key)
    contacts = visible_to(ctx, Permission.CONTACT_VIEW, Contact.objects.filter(archived_at=None))
    wanted = given[match] if match == "external_id" else key
    found = matching_contacts(contacts, match, wanted, source)
    return found.order_by("id").values_list("pk", flat=True).first()


def matching_contacts(
    contacts: QuerySet[Contact, Any], match: Match, key: str, source: str
) -> QuerySet[Contact, Any]:
    """The contacts with this address, this number in E.164, or this external id of the source."""
    if match == "email":
        return contacts.filter(pk__in=EmailAddress.objects.filter(address=key).values("contact_id"))
    if match == "phone":
        return contacts.filter(pk__in=PhoneNumber.objects.filter(e164=key).values("contact_id"))
    return contacts.filter(external_id=key, source=source)


def one_at_a_time(ctx: Context, what: str, *keys: str) -> None:
    """Whoever comes with one of the keys waits until the caller's transaction has ended; empty keys don't count."""
    with connection.cursor() as cursor:
        for key in sorted({key for key in keys if key}):
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{ctx.schema} {what} {key}"]
            )


def _change(ctx: Context, contact: Contact, given: dict[str, Any]) -> None:
    sent = {
        name: value for name, value in given.items() if name not in ("tags", "email", "phone", "owner_id")
    }
    refuse_tags(ctx, given.get("tags"))
    for name in ("email", "phone"):
        if given.get(name) and not getattr(contact, name):
            sent[name] = given[name]
    change_contact(ctx, contact, sent)
    add_points(ctx, contact, *([given[name]] if given.get(name) else [] for name in ("email", "phone")))
    contact.refresh_from_db()
    add_tags(ctx, contact, given.get("tags") or [])
