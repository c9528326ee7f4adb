"""What a value of each type of custom field must look like, and the one form in which it is stored.

Each function takes a value that came in as JSON and answers it as JSON, or raises ValueError with a sentence that
says what to write. Equal values have one form, so that the database can compare them: moments are in UTC, numbers
have no more digits than a double keeps exactly.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from crm.fields.definitions import Definition
from realtime.functions import Phrase

MAX_DIGITS, MAX_PLACES = 15, 6
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
PHONE = re.compile(r"[0-9+().\-/ ext#x]{3,32}")
MAX_LENGTHS = {"text": 500, "long_text": 10_000, "url": 2_000, "email": 254, "phone": 32}

Check = Callable[[Definition, Any], Any]


def cleaned(definition: Definition, value: Any) -> Any:
    """The value as it is stored; None for nothing. ValueError says what is wrong."""
    if value is None or value == "" or value == []:
        return None
    found: Any = CHECKS[definition.type](definition, value)
    return None if found in ("", []) else found


def _text(definition: Definition, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("Write text.")
    text, most = value.strip(), MAX_LENGTHS[definition.type]
    if len(text) > most:
        raise ValueError(Phrase("This is too long: at most %(most)d characters.", most=most))
    if "\x00" in text:
        raise ValueError("Text may not hold the character NUL.")
    return text


def _number(definition: Definition, value: Any) -> int | float:
    """A JSON number, or text that is one ("12.50")."""
    places = 2 if definition.type == "currency" else MAX_PLACES
    try:
        if isinstance(value, bool | list):
            raise TypeError
        number = Decimal(str(value).strip())
    except (InvalidOperation, TypeError):
        raise ValueError("Write a number such as 12.5.") from None
    if not number.is_finite() or abs(number) >= Decimal(10) ** (MAX_DIGITS - places):
        raise ValueError("This number is too large.")
    if number != round(number, places):
        raise ValueError(Phrase("At most %(places)d decimal places.", places=places))
    return int(number) if number == number.to_integral_value() else float(number)


def _date(_definition: Definition, value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise ValueError("Write a date such as 2026-05-01.") from None


def _datetime(_definition: Definition, value: Any) -> str:
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20)
    except (TypeError, ValueError, OverflowError):
        raise ValueError("Write a time with its zone, such as 2026-05-01T09:00:00Z.") from None


def _yes_no(_definition: Definition, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("Write true or false.")
    return value


def _choice(definition: Definition, value: Any) -> str:
    if not isinstance(value, str) or value not in definition.options:
        raise ValueError(Phrase("Choose one of: %(options)s.", options=_offered(definition)))
    return value


def _choices(definition: Definition, value: Any) -> list[str]:
    """Options in the order of the field, each once."""
    given = set(value) if isinstance(value, list) and all(isinstance(each, str) for each in value) else None
    if given is None or not given <= definition.options.keys():
        raise ValueError(Phrase("Choose some of: %(options)s.", options=_offered(definition)))
    return [key for key in definition.options if key in given]


def _offered(definition: Definition) -> str:
    keys = list(definition.options)
    return ", ".join(keys[:10]) + (", …" if len(keys) > 10 else "")


def _url(definition: Definition, value: Any) -> str:
    text = _text(definition, value)
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", text):
        raise ValueError("Write an address such as https://example.com.")
    return text


def _email(definition: Definition, value: Any) -> str:
    text = _text(definition, value).lower()
    if not EMAIL.fullmatch(text):
        raise ValueError("Write an email address such as ada@example.com.")
    return text


def _phone(definition: Definition, value: Any) -> str:
    text = _text(definition, value)
    if not PHONE.fullmatch(text):
        raise ValueError("Write a phone number such as +1 415 555 0123.")
    return text


def _member(_definition: Definition, value: Any) -> int:
    """Whether there is such a member is found out for all fields at once."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value < 2**63:
        raise ValueError("Give the id of a member.")
    return value


CHECKS: dict[str, Check] = {
    "text": _text,
    "long_text": _text,
    "number": _number,
    "currency": _number,
    "date": _date,
    "datetime": _datetime,
    "yes_no": _yes_no,
    "choice": _choice,
    "choices": _choices,
    "url": _url,
    "email": _email,
    "phone": _phone,
    "member": _member,
}
