"""Comparing custom fields: equality is containment, which the GIN index serves; the rest looks into the values.

Numbers compare as JSON numbers, dates and moments as texts of one length, in which they stand in order.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import JSONField, Q, Value, lookups
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from crm.filters.fields import FilterField, Kind
from crm.records.custom import COLUMN

BOUNDS: dict[str, Any] = {
    "lt": lookups.LessThan,
    "lte": lookups.LessThanOrEqual,
    "gt": lookups.GreaterThan,
    "gte": lookups.GreaterThanOrEqual,
}
LIKE: dict[str, Any] = {
    "contains": lookups.IContains,
    "starts_with": lookups.IStartsWith,
    "ends_with": lookups.IEndsWith,
}


class CustomSource:
    """A field of the firm's own."""

    def __init__(self, found: FilterField) -> None:
        self._field, self._key = found, found.custom

    def filled(self) -> Q:
        """Keys without a value are not there."""
        return Q(**{f"{COLUMN}__has_key": self._key})

    def equals(self, value: Any) -> Q:
        """The value itself; of a field with several, among them."""
        return self._contains([value] if self._field.kind is Kind.CHOICES else value)

    def one_of(self, listed: list[Any]) -> Q:
        """One of the values, or some."""
        found = Q()
        for value in listed:
            found |= self.equals(value)
        return found

    def all_of(self, listed: list[Any]) -> Q:
        """All of the values."""
        return self._contains(listed)

    def like(self, how: str, text: str) -> Q:
        """The text in it, whatever its case."""
        if not text:
            return Q(pk__in=[])
        return self.filled() & Q(LIKE[how](KeyTextTransform(self._key, COLUMN), text))

    def ranges(self, bounds: Mapping[str, Any]) -> Q:
        """Within the bounds."""
        found = self.filled()
        for bound, value in bounds.items():
            at = Value(json_form(value), JSONField())
            found &= Q(BOUNDS[bound](KeyTransform(self._key, COLUMN), at))
        return found

    def _contains(self, value: Any) -> Q:
        return Q(**{f"{COLUMN}__contains": {self._key: json_form(value)}})


def json_form(value: Any) -> Any:
    """The value as the record holds it (``crm.fields.kinds``)."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20)
    return value.isoformat() if isinstance(value, date) else value
