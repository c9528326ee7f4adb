"""What a contact is called by: a name, else an email address, else a phone number. One of them it must have."""

from collections.abc import Mapping
from typing import Any

from crm.contacts.models import Contact
from realtime.functions import invalid


def refuse_nameless(contact: Contact | None, values: Mapping[str, Any]) -> None:
    """InvalidInput if the contact would have nothing to be called by with these values written."""

    def now(field: str) -> Any:
        return values.get(field, getattr(contact, field, None))

    if not (now("first_name") or now("last_name") or now("email") or now("phone")):
        raise invalid("first_name", "Give a name, an email address or a phone number.", "required")
