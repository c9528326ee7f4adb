"""The value of a condition, checked by what its field holds; InvalidInput says what to write instead."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from crm.filters.dates import PERIODS
from crm.filters.fields import FilterField, Kind
from realtime.functions import Phrase, invalid

T = TypeVar("T")
IDS = (Kind.LINK, Kind.MEMBER, Kind.TEAM)
LARGEST_ID = 2**63 - 1


def refuse_value(value: Any, place: str) -> None:
    """Operators such as "empty" compare with nothing."""
    if value is not None:
        raise invalid(place, "This operator takes no value.", "extra_forbidden")


def text(found: FilterField, value: Any, place: str) -> str:
    """A text with something in it, as the field compares it."""
    if not isinstance(value, str) or not value.strip():
        raise invalid(place, "Write some text.")
    if "\x00" in value:
        raise invalid(place, "Text may not hold the character NUL.")
    return found.prepare(value.strip()) if found.prepare else value.strip()


def number(value: Any, place: str) -> Decimal:
    """A number; text is one if it looks like it ("12.50")."""
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            found = Decimal(str(value).strip())
        except ArithmeticError:
            found = Decimal("NaN")
        if found.is_finite() and abs(found) < Decimal(10) ** 18:
            return found
    raise invalid(place, "Write a number such as 12.5.")


def pair(value: Any, place: str, each: Callable[[Any, str], T]) -> tuple[T, T]:
    """A lower and an upper bound."""
    if not isinstance(value, list) or len(value) != 2:
        raise invalid(place, "Give two values: from and to.")
    return each(value[0], f"{place}.0"), each(value[1], f"{place}.1")


def day(value: Any, place: str) -> date:
    """A date."""
    try:
        if isinstance(value, str) and len(value) == 10:
            found = date.fromisoformat(value)
            if 1000 <= found.year <= 9000:
                return found
    except ValueError:
        pass
    raise invalid(place, "Write a date such as 2026-05-01.")


def day_or_moment(value: Any, place: str, *, moments: bool) -> date | datetime:
    """A date, or a time with its zone where the field holds moments."""
    if moments and isinstance(value, str) and len(value) > 10:
        try:
            found = datetime.fromisoformat(value)
            if found.tzinfo is not None and 1000 <= found.year <= 9000:
                return found.astimezone(UTC)
        except ValueError:
            pass
        raise invalid(place, "Write a date, or a time with its zone such as 2026-05-01T09:00:00Z.")
    return day(value, place)


def period(value: Any, place: str) -> str:
    """The word of a period of days."""
    if value not in PERIODS:
        raise invalid(place, Phrase("Write one of: %(words)s.", words=", ".join(PERIODS)))
    return str(value)


def single(found: FilterField, value: Any, place: str) -> Any:
    """One value, as the field's kind compares it."""
    if found.kind is Kind.NUMBER:
        return number(value, place)
    if found.kind is Kind.YES_NO:
        if not isinstance(value, bool):
            raise invalid(place, "Write true or false.")
        return value
    if found.kind in IDS:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LARGEST_ID:
            raise invalid(place, "Give an id.")
        return value
    checked = text(found, value, place)
    if found.options and all(checked != option for option, _label in found.options):
        words = ", ".join(option for option, _label in found.options[:12])
        raise invalid(place, Phrase("Write one of: %(words)s.", words=words), "unknown_option")
    return checked


def listed(found: FilterField, value: Any, place: str) -> list[Any]:
    """At least one value."""
    if not isinstance(value, list) or not value:
        raise invalid(place, "Give a list of values.")
    return [single(found, each, f"{place}.{index}") for index, each in enumerate(value)]
