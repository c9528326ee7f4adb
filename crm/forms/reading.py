"""What somebody wrote into a form, as JSON or as a browser sends it, on its way into a contact."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from crm.fields.definitions import Definition
from crm.fields.kinds import cleaned
from crm.forms.models import Form
from crm.forms.offered import OWN, asked, offered_fields
from realtime.functions import InvalidInput, Phrase
from realtime.functions.errors import ArgumentError

CONSENT, KEY, PAGE = "consent", "submission_key", "page"
#: People don't see it, programs that fill in everything do.
TRAP = "website_2"
BESIDES = (CONSENT, KEY, PAGE, TRAP)
YES, NO = ("on", "true", "yes", "1"), ("", "false", "no", "0", "off")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form brought: values by field key as they are stored, and what came beside them."""

    values: dict[str, Any]
    consented: bool
    page: str


def read_sent(form: Form, given: Mapping[str, Any], zone: ZoneInfo) -> Sent:
    """The values, checked; InvalidInput names every wrong or missing one by its key."""
    fields = asked(form.fields, offered_fields())
    known = {row["key"] for row, _field in fields} | set(BESIDES)
    errors: list[ArgumentError] = [
        {"param": key, "code": "extra_forbidden", "detail": "The form has no such field."}
        for key in given
        if key not in known
    ]
    values: dict[str, Any] = {}
    for row, field in fields:
        try:
            found = _value(row["key"], field, given.get(row["key"]), zone)
        except ValueError as error:
            errors.append({"param": row["key"], "code": "invalid", "detail": error.args[0]})
            continue
        if found is not None:
            values[row["key"]] = found
        elif row["required"]:
            errors.append({"param": row["key"], "code": "required", "detail": "Fill this in."})
    consented = _is_yes(given.get(CONSENT))
    if form.consent_text and form.consent_required and not consented:
        errors.append({"param": CONSENT, "code": "required", "detail": "Tick this to go on."})
    if errors:
        raise InvalidInput(errors=errors)
    return Sent(values, consented and bool(form.consent_text), str(given.get(PAGE) or "")[:300])


def _value(key: str, field: Definition, given: Any, zone: ZoneInfo) -> Any:
    """One value as it is stored, None for nothing; ValueError says what to write."""
    if isinstance(given, str):
        given = given.strip()
    if field.type == "yes_no" and isinstance(given, str):
        return given.lower() in YES or (False if given.lower() in NO else _refuse_yes_no())
    if field.type == "datetime" and isinstance(given, str):
        given = _in_zone(given, zone)
    if field.type == "choices" and isinstance(given, str) and given:
        given = [given]
    if isinstance(given, list) and field.type != "choices":
        given = given[-1] if given else None
    found = cleaned(field, given)
    most = OWN[key][2] if key in OWN else None
    if most is not None and len(str(found)) > most:
        raise ValueError(Phrase("This is too long: at most %(most)d characters.", most=most))
    return found


def _refuse_yes_no() -> bool:
    raise ValueError("Write true or false.")


def _in_zone(text: str, zone: ZoneInfo) -> str:
    """A browser's local time is the firm's."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()


def _is_yes(given: Any) -> bool:
    return given is True or (isinstance(given, str) and given.lower() in YES)
