"""Comparing columns, the record's own and those of records that it links to."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from crm.filters.fields import FilterField, Kind

LOOKUPS = {"contains": "icontains", "starts_with": "istartswith", "ends_with": "iendswith"}
#: Text columns are "" rather than NULL when they are empty.
TEXTS = (Kind.TEXT, Kind.CHOICE)


class ColumnSource:
    """A field that is a column."""

    def __init__(self, found: FilterField) -> None:
        self._field, self._path = found, found.path

    def filled(self) -> Q:
        """Something is there."""
        if self._field.kind is Kind.CHOICES:
            return ~Q(**{self._path: []})
        if self._field.kind in TEXTS:
            q = ~Q(**{self._path: ""})
            return q & Q(**{f"{self._path}__isnull": False}) if self._field.nullable else q
        return Q(**{f"{self._path}__isnull": False}) if self._field.nullable else ~Q(pk__in=[])

    def equals(self, value: Any) -> Q:
        """The value itself."""
        return Q(**{self._path: value})

    def one_of(self, listed: list[Any]) -> Q:
        """One of the values, or for a field with several of them: some."""
        lookup = "overlap" if self._field.kind is Kind.CHOICES else "in"
        return Q(**{f"{self._path}__{lookup}": listed})

    def all_of(self, listed: list[Any]) -> Q:
        """All of the values."""
        return Q(**{f"{self._path}__contains": listed})

    def like(self, how: str, text: str) -> Q:
        """The text in it, whatever its case; "" (nothing left of what was written) is in no value."""
        return Q(**{f"{self._path}__{LOOKUPS[how]}": text}) if text else Q(pk__in=[])

    def ranges(self, bounds: Mapping[str, Any]) -> Q:
        """Within the bounds: lt, lte, gt, gte."""
        return Q(**{f"{self._path}__{bound}": value for bound, value in bounds.items()})
