"""What a form can ask: a contact's own fields, a message, and the firm's custom fields."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from crm.contacts.searching import TIME_FRAMES
from crm.fields.definitions import Definition, definitions_of
from crm.records.custom import PREFIX

MESSAGE = "message"
#: Type, label and the most characters of what every firm can ask.
OWN: dict[str, tuple[str, Any, int]] = {
    "first_name": ("text", _("First name"), 80),
    "last_name": ("text", _("Last name"), 80),
    "email": ("email", _("Email"), 254),
    "phone": ("phone", _("Phone"), 32),
    "job_title": ("text", _("Job title"), 120),
    "time_frame": ("choice", _("Time frame"), 20),
    "price": ("currency", _("Price"), 20),
    MESSAGE: ("long_text", _("Message"), 10_000),
}
#: Of these a form asks at least one, and demands it: by them a contact is known again.
REACHED_BY: tuple[Literal["email", "phone"], ...] = ("email", "phone")


def offered_fields() -> dict[str, Definition]:
    """Everything that a form can ask, by key; custom fields have their prefix. A member is nobody's to choose."""
    own = {key: _own(key, kind, str(label)) for key, (kind, label, _most) in OWN.items()}
    custom = {
        f"{PREFIX}{key}": found for key, found in definitions_of("contact").items() if found.type != "member"
    }
    return own | custom


def _own(key: str, kind: str, label: str) -> Definition:
    options = {word: str(name) for word, name in TIME_FRAMES} if key == "time_frame" else {}
    return Definition(0, key, label, kind, "", False, False, options)


def asked(stored: list[Any], offered: Mapping[str, Definition]) -> list[tuple[dict[str, Any], Definition]]:
    """The form's fields with what they are, in the form's words; one that is gone or retired is not asked."""
    return [
        (row, replace(offered[row["key"]], label=row["label"])) for row in stored if row["key"] in offered
    ]
