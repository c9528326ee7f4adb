"""Taking in what another program knows of a person: one call, one transaction, one answer that says what was done.

A known contact keeps what it has, as with forms (decision 0026): only what is empty is filled in. The event itself is
an activity; its id at the source makes a second delivery harmless, and what was done the first time is kept with it.
"""

from typing import Any, cast

from pydantic import AwareDatetime

from accounts.permissions import Permission
from crm.activities import last_activity
from crm.activities.models import Activity
from crm.activities.queries import get_activity
from crm.activities.subjects import standing_on
from crm.contacts.filling import add_points, empty_ones, insert_points
from crm.contacts.locking import lock_contact
from crm.contacts.models import Contact
from crm.contacts.mutations import CONFLICTS, change_contact, insert_contact
from crm.contacts.tagging import add_tags, refuse_tags
from crm.fields.values import new_values
from crm.intake import following, knowing, routing
from crm.intake.schemas import (
    Campaign,
    EventDeal,
    EventId,
    EventPerson,
    EventRoute,
    EventTaken,
    EventType,
    Property,
    Routed,
)
from crm.records.fields import plain_value
from realtime.functions import Conflict, Context, Id, NotFound, Prose, Word, mutation
from realtime.functions.inserts import insert

#: How the activities of events say what they are.
EVENT = "taken_in"
TAKEN = {
    **CONFLICTS,
    "activity_external_id_unique": (
        "external_id",
        "The source has used this external_id for something else.",
    ),
}


@mutation(permission=Permission.CONTACT_CREATE, conflicts=TAKEN)
def receive_event(
    ctx: Context,
    *,
    person: EventPerson,
    type: EventType = "inquiry",
    source: Word = "",
    external_id: EventId = "",
    occurred_at: AwareDatetime | None = None,
    message: Prose = "",
    property: Property | None = None,
    campaign: Campaign | None = None,
    deal: EventDeal | None = None,
    route: EventRoute | None = None,
    sequence_id: Id | None = None,
) -> EventTaken:
    """Take in an event about a person, such as an inquiry: find or create the contact, route, note, notify, enrol.

    The oldest contact in your sight is taken that has the external id (of the source), else an email address, else a
    phone number of the person. What it has is not overwritten: empty fields are filled in, addresses, numbers and tags
    added. A new contact goes where ``route`` says, else to the routing rule named like the source, or the only one,
    else to you; a known one stays with its owner. The owner is told, or the team in whose pool the contact waits.
    An event whose ``external_id`` the source has sent before answers what was done then, and nothing is done.
    """
    keys = knowing.keys_of(ctx, person)
    plan = following.checked(ctx, deal, sequence_id)
    knowing.wait_for_others(ctx, source, external_id, keys)
    if external_id and (known := _taken_before(ctx, source, external_id)) is not None:
        return known
    contact, answer = _contact(ctx, person, source, keys, route or EventRoute())
    about = {"property": property, "campaign": campaign}
    told = {name: _plain(value.told()) for name, value in about.items() if value is not None and value.told()}
    entry = Activity(
        kind=Activity.Kind.SYSTEM, **standing_on(contact), direction=Activity.Direction.IN,
        occurred_at=occurred_at or ctx.now, body=message, source=source, external_id=external_id,
    )  # fmt: skip
    answer["deal"] = following.open_deal(ctx, contact, plan.deal)
    answer["notified"] = following.tell(ctx, contact, answer["routed"], is_new=answer["created"])
    answer["enrolled"] = following.enrol(ctx, contact, plan.sequence)
    entry.payload = {"event": EVENT, "type": type, "from": source, **told, "done": answer}
    insert(entry)
    ctx.audit("contact", contact.pk, {"event": [None, entry.pk]})
    last_activity.touch(contact.pk, min(entry.occurred_at, ctx.now))
    return cast("EventTaken", {"repeated": False, **answer, "activity_id": entry.pk})


def _taken_before(ctx: Context, source: str, external_id: str) -> EventTaken | None:
    """What was done when the event came first; Conflict if the id is another thing's, or out of the actor's sight."""
    found = Activity.objects.filter(source=source, external_id=external_id).values("id", "payload").first()
    if found is None:
        return None
    if found["payload"].get("event") != EVENT:
        raise Conflict("The source has used this external_id for something else.")
    try:
        get_activity(ctx, activity_id=found["id"])
    except NotFound:
        raise Conflict("The source has sent this event before.") from None
    return cast("EventTaken", {"repeated": True, **found["payload"]["done"], "activity_id": found["id"]})


def _contact(
    ctx: Context, person: EventPerson, source: str, keys: knowing.Keys, wish: EventRoute
) -> tuple[Contact, dict[str, Any]]:
    """The contact of the person, and what was done to have it."""
    pk, matched_by = knowing.find_known(ctx, source, keys)
    answer: dict[str, Any] = {"created": pk is None, "matched_by": matched_by, "filled": [], "left": []}
    if pk is None:
        routed = routing.decide(ctx, wish, source)
        contact = _create(ctx, person, source, routed)
    else:
        contact = lock_contact(ctx, pk)
        answer |= _fill(ctx, contact, person, source)
        routed = routing.reroute(ctx, contact, wish, source)
    return contact, {"contact_id": contact.pk, **answer, "routed": routed}


def _create(ctx: Context, person: EventPerson, source: str, routed: Routed) -> Contact:
    given: dict[str, Any] = {"first_name": "", "last_name": "", "email": "", "phone": "", "source": source}
    given |= _fields(person, source) | {
        "email": next(iter(person.emails), ""),
        "phone": next(iter(person.phones), ""),
    }
    custom = given.pop("custom", None)
    values = new_values(ctx, "contact", custom, from_outside=True)
    contact = insert_contact(ctx, given, values, routing.owner_of(routed), person.tags)
    insert_points(ctx, contact, person.emails, person.phones)
    return contact


def _fill(ctx: Context, contact: Contact, person: EventPerson, source: str) -> dict[str, list[str]]:
    """Fill in what the contact does not have; says what that was, and what was left as it is."""
    given = _fields(person, source)
    empty = empty_ones(contact, given)
    filled = _names(empty)
    left = [name for name in _names(given) if name not in filled and _differs(contact, given, name)]
    carried = {name.lower() for name in contact.tags}
    for name, values in (("email", person.emails), ("phone", person.phones)):
        if values and not getattr(contact, name):
            empty[name] = values[0]
            filled.append(name)
    change_contact(ctx, contact, empty)
    refuse_tags(ctx, person.tags)
    added = add_points(ctx, contact, person.emails, person.phones)
    if added:
        contact.refresh_from_db()
    add_tags(ctx, contact, person.tags)
    return {
        "filled": [*filled, *added, *(tag for tag in person.tags if tag.lower() not in carried)],
        "left": left,
    }


def _fields(person: EventPerson, source: str) -> dict[str, Any]:
    """The contact's fields that the person has, except for how they are reached."""
    found = person.told()
    for name in ("emails", "phones", "tags"):
        found.pop(name, None)
    if name := found.pop("name", ""):
        first, _, last = name.rpartition(" ")
        if not {"first_name", "last_name"} & found.keys():
            found |= {"first_name": (first or last)[:80], "last_name": (last if first else "")[:80]}
    return found | ({"source": source} if source else {})


def _names(given: dict[str, Any]) -> list[str]:
    custom = [f"custom.{key}" for key in given.get("custom", ())]
    return [name for name in given if name != "custom"] + custom


def _differs(contact: Contact, given: dict[str, Any], name: str) -> bool:
    if name.startswith("custom."):
        key = name.removeprefix("custom.")
        return bool(contact.custom_values.get(key) != given["custom"][key])
    return bool(getattr(contact, name) != given[name])


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: plain_value(value) for name, value in values.items()}
