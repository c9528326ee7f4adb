"""The step that makes another record, connected to the one that the run is about."""

from typing import Any

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.automations.definition import CreateRecord, NewObject
from crm.automations.facts import merged
from crm.automations.records import KINDS
from crm.automations.settable import problem_of_value
from crm.records.custom import PREFIX
from realtime.functions import Context, Phrase

#: What a new record can be given, besides the firm's own fields, the most important first.
FIELDS: dict[NewObject, tuple[str, ...]] = {
    "deal": ("title", "amount", "currency", "stage_id", "close_date"),
    "contact": ("first_name", "last_name", "email", "phone", "job_title", "source", "background"),
    "company": ("name", "domain", "phone", "city", "industry", "notes"),
}
#: At least one of these it must have.
NEEDED: dict[NewObject, tuple[str, ...]] = {
    "deal": ("title",),
    "contact": ("first_name", "last_name", "email", "phone"),
    "company": ("name",),
}
#: What of the run's record it is connected to.
LINKS: dict[NewObject, tuple[str, ...]] = {
    "deal": ("contact_id", "company_id"),
    "contact": ("company_id",),
    "company": (),
}


def problems_of_new(ctx: Context, node: CreateRecord, stages: frozenset[int]) -> list[Phrase]:
    """Why no such record can be made."""
    found = []
    if not scope_of(ctx).allows(Permission(f"{node.object}.create")):
        found.append(Phrase("Your role may not create such records."))
    if not any(node.values.get(name) not in (None, "") for name in NEEDED[node.object]):
        found.append(Phrase("Say what the new record is called."))
    for name, value in node.values.items():
        if name == "stage_id" and node.object == "deal":
            if value not in stages:
                found.append(Phrase("The stage is gone: choose another one."))
        else:
            problem = problem_of_value(ctx, node.object, name, value)
            found += [] if problem is None else [problem]
    return found


def function_of(node: CreateRecord) -> str:
    """The area's function that makes it."""
    return f"{KINDS[node.object].area}.create_{node.object}"


def arguments_of(node: CreateRecord, known: Any, owner_ids: list[int]) -> dict[str, Any]:
    """The function's arguments: the values with the record's fields in them, whose it is, and what it belongs to."""
    values = {
        name: merged(value, known) if isinstance(value, str) else value for name, value in node.values.items()
    }
    filled = {name: value for name, value in values.items() if value not in (None, "")}
    own = {name: value for name, value in filled.items() if not name.startswith(PREFIX)}
    customs = {name.removeprefix(PREFIX): value for name, value in filled.items() if name.startswith(PREFIX)}
    links = {name: known.get(name) for name in LINKS[node.object] if known.get(name) is not None}
    owner = {"owner_id": owner_ids[0]} if owner_ids else {}
    return {**own, **links, **owner, **({"custom": customs} if customs else {})}


def name_of(node: CreateRecord) -> str:
    """What the new record is called, with places for the fields that are filled in."""
    parts = [
        str(node.values[name]) for name in NEEDED[node.object] if node.values.get(name) not in (None, "")
    ]
    return " ".join(parts[:2]) or "–"
