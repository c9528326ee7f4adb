"""The custom fields of one kind of record as values: one statement, whatever they are."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from crm.fields.models import CustomField
from crm.records.custom import PREFIX
from realtime.reads.fixed import FixedQuery

COLUMNS = (
    "id",
    "key",
    "label",
    "type",
    "currency",
    "required",
    "retired_at",
    "options__key",
    "options__label",
)


@dataclass(frozen=True, slots=True)
class Definition:
    """One custom field; ``options`` are labels by key, in order."""

    id: int
    key: str
    label: str
    type: str
    currency: str
    is_required: bool
    is_retired: bool
    options: dict[str, str] = field(default_factory=dict)


FIELDS = FixedQuery(
    lambda object: (
        CustomField.objects.filter(object=object)
        .order_by("position", "id", "options__position", "options__id")
        .values_list(*COLUMNS)
    )
)


ALL_FIELDS = FixedQuery(
    lambda: CustomField.objects.order_by(
        "object", "position", "id", "options__position", "options__id"
    ).values_list("object", *COLUMNS),
    parameters=0,
)


def definitions_of(object: str, *, retired: bool = False) -> dict[str, Definition]:
    """The object's fields by key, in order; those in use, or the retired ones too."""
    return _defined(FIELDS.rows(object), retired)


def all_definitions(*, retired: bool = False) -> dict[str, dict[str, Definition]]:
    """The same for every object that has fields, by object: one statement for all of them."""
    by_object = groupby(ALL_FIELDS.rows(), key=itemgetter(0))
    return {object: _defined([row[1:] for row in rows], retired) for object, rows in by_object}


def _defined(rows: Iterable[tuple[Any, ...]], retired: bool) -> dict[str, Definition]:
    """Fields from rows of ``COLUMNS``: one for each option, or one for a field without any."""
    found: dict[str, Definition] = {}
    for row in rows:
        pk, key, label, kind, currency, required, retired_at, option, option_label = row
        if retired_at is not None and not retired:
            continue
        known = found.get(key)
        if known is None:
            known = found[key] = Definition(pk, key, label, kind, currency, required, retired_at is not None)
        if option is not None:
            known.options[option] = option_label
    return found


def shown_definitions(object: str, hidden: Iterable[str]) -> dict[str, Definition]:
    """The object's fields in use, without those that a role hides (names as in field rules)."""
    kept_from = {name.removeprefix(PREFIX) for name in hidden if name.startswith(PREFIX)}
    return {key: found for key, found in definitions_of(object).items() if key not in kept_from}


def rule_names(object: str) -> list[tuple[str, str]]:
    """(name, label) of the custom fields that a role may be kept from."""
    return [(f"{PREFIX}{key}", found.label) for key, found in definitions_of(object).items()]


def as_row(definition: Definition, object: Any) -> dict[str, Any]:
    """The definition as the functions answer it."""
    return {
        "id": definition.id,
        "object": object,
        "key": definition.key,
        "label": definition.label,
        "type": definition.type,
        "currency": definition.currency,
        "required": definition.is_required,
        "is_retired": definition.is_retired,
        "options": [{"key": key, "label": label} for key, label in definition.options.items()],
    }
