"""Merge fields: ``{{contact.first_name|there}}`` in a subject or a body becomes the contact's first name, or "there".

Nothing but names from a fixed list is ever looked up, and a value is put in as it is: what a contact is called
cannot bring in another field, markup (the HTML is made of the finished text) or a line of a header.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import Tenant
from accounts.roles.models import Member
from accounts.roles.policy import scope_of
from crm.contacts.models import Contact
from crm.fields.definitions import Definition, definitions_of
from crm.records.custom import PREFIX
from realtime.functions import Context, InvalidInput, Phrase, invalid

CONTACT = ("first_name", "last_name", "full_name", "email", "phone", "job_title", "company_name")
MEMBER = ("name", "first_name", "email")
FIRM = ("name",)
#: What stands for a contact's custom field: "contact.custom.plan".
CUSTOM = f"contact.{PREFIX}"
_PLACE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_INSIDE = re.compile(r"\s*([a-z][a-z0-9_.]*)\s*(?:\|(.*))?\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Merged:
    """A text with its values in it, and the fields that had neither value nor fallback."""

    text: str
    missing: tuple[str, ...]


def field_names() -> list[str]:
    """Every merge field of the tenant, custom ones last."""
    fixed = [f"contact.{name}" for name in CONTACT] + [f"member.{name}" for name in MEMBER]
    fixed += [f"firm.{name}" for name in FIRM]
    return fixed + [f"{CUSTOM}{key}" for key in definitions_of("contact")]


def check_places(param: str, text: str) -> None:
    """InvalidInput naming the first place of a text that is no merge field, or that is never closed."""
    known: set[str] | None = None
    for name, _fallback, written in _places(text):
        known = set(field_names()) if known is None else known
        if name not in known:
            raise _unknown(param, written)
    rest = _PLACE.sub("", text)
    if "{{" in rest or "}}" in rest:
        raise invalid(
            param, "A merge field is not closed: write it as {{contact.first_name}}.", "merge_field"
        )


def _unknown(param: str, written: str) -> InvalidInput:
    return invalid(
        param,
        Phrase(
            "There is no merge field %(field)s. Write one of the list, such as {{contact.first_name|there}}.",
            field=written[:80],
        ),
        "merge_field",
    )


def _places(text: str) -> Iterator[tuple[str, str | None, str]]:
    """(name, fallback, as written) of every place; the name is empty where there is none."""
    for found in _PLACE.finditer(text):
        inside = _INSIDE.match(found[1])
        yield (inside[1], inside[2], found[0]) if inside else ("", None, found[0])


def merge(text: str, values: Mapping[str, str]) -> Merged:
    """Put the values into a text that ``check_places`` let pass."""
    missing: list[str] = []

    def value(found: re.Match[str]) -> str:
        inside = _INSIDE.match(found[1])
        name, fallback = (inside[1], inside[2]) if inside else ("", None)
        given = values.get(name, "")
        if not given and fallback is None:
            missing.append(name)
        return given or (fallback or "").strip()

    return Merged(_PLACE.sub(value, text), tuple(missing))


def values_for(ctx: Context, contact: Contact, sender: Member | None) -> dict[str, str]:
    """What the merge fields say of a contact, the sender and the firm; nothing of what the actor may not see."""
    hidden = scope_of(ctx).hidden_fields("contact")
    found = {f"contact.{name}": str(getattr(contact, name) or "") for name in CONTACT if name not in hidden}
    if not {"first_name", "last_name"} <= set(CONTACT) - set(hidden):
        found.pop("contact.full_name", None)
    for key, definition in definitions_of("contact").items():
        if f"{PREFIX}{key}" not in hidden:
            found[f"{CUSTOM}{key}"] = _custom_text(definition, contact.custom_values.get(key))
    if sender is not None:
        found |= {"member.name": sender.name, "member.email": sender.email}
        found["member.first_name"] = sender.name.partition(" ")[0]
    found["firm.name"] = firm_of(ctx.schema)["name"]
    return found


def _custom_text(definition: Definition, value: Any) -> str:
    """A custom field's value in words: an option's label, several with commas."""
    if value is None or value is False:
        return ""
    if isinstance(value, list):
        return ", ".join(_custom_text(definition, part) for part in value)
    return definition.options.get(value, str(value)) if isinstance(value, str) else str(value)


def firm_of(schema: str) -> dict[str, str]:
    """The firm's name and language."""
    row = Tenant.objects.filter(schema_name=schema).values("name", "locale").first()
    return {"name": row["name"], "locale": row["locale"]} if row else {"name": "", "locale": "en"}
