"""Whether an update is the one that a "changed" trigger waits for: what the field was, and what it became.

Both sides are those of the change itself, whatever happened to the record since. The log keeps numbers, dates, choices
and links of a row as they are; texts, amounts and custom fields as texts of at most 500 characters (``Change.kept``).
"""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from crm.automations.definition import MAX_VALUE, Comparison, Object, RecordChanged
from crm.automations.records import KINDS
from crm.fields.definitions import definitions_of
from crm.fields.kinds import MAX_LENGTHS
from crm.filters.fields import FilterField, Kind
from realtime.changes.change import Change
from realtime.changes.columns import kept_columns, logged_columns
from realtime.functions import Phrase

#: So many characters of a text the log keeps (realtime/changes/log.sql).
KEPT = 500
#: What nobody filled in.
EMPTY: tuple[object, ...] = (None, "", [], {}, "[]", "{}")
#: Columns that the database or the product keeps by itself: nobody "changes the record" by them.
BOOKKEEPING = frozenset(
    (
        "version", "updated_at", "last_activity_at", "next_task", "next_task_due_at", "next_task_owner_id",
        "next_task_team_id", "contact_count", "open_deal_count", "open_deal_value", "open_deal_currency", "rank",
        "rots_at", "remind_at",
    )
)  # fmt: skip
BLANK: tuple[Comparison, ...] = ("empty", "filled")
WORDS: tuple[Comparison, ...] = ("is", "is_not", *BLANK)
SIZES: tuple[Comparison, ...] = ("is", "is_not", "less", "at_most", "at_least", "more", *BLANK)
#: By what the old and the new value of a field can be asked for.
COMPARISONS: dict[Kind, tuple[Comparison, ...]] = {
    Kind.TEXT: ("is", "is_not", "contains", "not_contains", *BLANK),
    Kind.NUMBER: SIZES,
    Kind.DATE: SIZES,
    Kind.MOMENT: BLANK,
    Kind.CHOICES: ("contains", "not_contains", *BLANK),
}


def comparisons_of(object: Object, field: FilterField) -> tuple[Comparison, ...]:
    """By what a field's old and new value can be asked for; nothing if the log keeps neither."""
    if not is_kept(object, field):
        return ()
    known = COMPARISONS.get(field.kind, WORDS)
    return WORDS if field.kind is Kind.TEXT and is_long(object, field) else known


def is_kept(object: Object, field: FilterField) -> bool:
    """Whether the log knows what the field was."""
    model = KINDS[object].model
    column = "custom" if field.custom else field.key
    return column in logged_columns(model) or column in kept_columns(model)


def is_long(object: Object, field: FilterField) -> bool:
    """Whether a text may be longer than what the log keeps of it."""
    if field.custom:
        return MAX_LENGTHS.get(definitions_of(object)[field.custom].type, 0) > KEPT
    most = KINDS[object].model._meta.get_field(field.path).max_length
    return most is None or most > KEPT


def problems_of_change(object: Object, trigger: RecordChanged, field: FilterField) -> list[Phrase]:
    """Why the trigger can't compare the field as it says."""
    found = []
    for asked, value in ((trigger.was, trigger.before), (trigger.becomes, trigger.after)):
        how = asked or ("is" if value is not None else None)
        if how is None:
            continue
        if how not in comparisons_of(object, field):
            found.append(_why_not(object, field, how))
        elif how not in BLANK and value is None:
            found.append(Phrase("Say what %(field)s is compared with.", field=str(field.label)))
        elif isinstance(value, str) and len(value) > MAX_VALUE:
            found.append(Phrase("Compare %(field)s with at most 200 characters.", field=str(field.label)))
    return found


def _why_not(object: Object, field: FilterField, how: Comparison) -> Phrase:
    if how in ("contains", "not_contains") and field.kind is Kind.TEXT and is_long(object, field):
        return Phrase(
            "Of a long text like %(field)s only the beginning is kept: ask whether it is empty, or exactly this.",
            field=str(field.label),
        )
    return Phrase("The change of %(field)s can't be compared in this way.", field=str(field.label))


def is_meant(trigger: RecordChanged, change: Change) -> bool:
    """Whether the update is of the trigger's field, from and to what it says."""
    if trigger.field is None:
        return not change.columns <= BOOKKEEPING
    name, _dot, custom = trigger.field.partition(".")
    if name not in change.columns:
        return False
    if custom and trigger.field not in (change.kept or {}):
        return False  # another one of the firm's own fields changed
    was, became = _sides(trigger.field, change)
    return _holds(trigger.was, trigger.before, was) and _holds(trigger.becomes, trigger.after, became)


def _sides(field: str, change: Change) -> tuple[object, object]:
    if change.kept and field in change.kept:
        return change.kept[field]
    return (change.old or {}).get(field), (change.new or {}).get(field)


def _holds(how: Comparison | None, value: Any, stored: object) -> bool:
    if how is None and value is None:
        return True
    if how in BLANK:
        return (stored in EMPTY) == (how == "empty")
    return TESTS[how or "is"](stored, value)


def _is(stored: object, value: Any) -> bool:
    """Equal as people write it: 7 is "7" and 7.00, and capitals do not matter."""
    if stored is None:
        return False
    if str(stored).casefold() == str(value).casefold():
        return True
    amounts = _amounts(stored, value)
    return amounts is not None and amounts[0] == amounts[1]


def _contains(stored: object, value: Any) -> bool:
    """A part of a text, or one of several choices."""
    listed = _listed(stored)
    wanted = str(value).casefold()
    if listed is not None:
        return any(str(one).casefold() == wanted for one in listed)
    return stored is not None and wanted in str(stored).casefold()


def _listed(stored: object) -> list[Any] | None:
    """The choices of a field that has several, which the log has as a JSON text; None for a text."""
    if isinstance(stored, list):
        return stored
    if not isinstance(stored, str) or not stored.startswith('["'):
        return None
    if len(stored) == KEPT and not stored.endswith('"]'):
        stored = stored.rpartition('", "')[0] + '"]'  # cut: the choices that are whole
    try:
        found = orjson.loads(stored)
    except orjson.JSONDecodeError:  # a text that begins like this
        return None
    return found if isinstance(found, list) else None


def _order(stored: object, value: Any) -> int | None:
    """-1, 0 or 1 as the stored amount or date is less, equal or more; None where there is nothing to compare."""
    if stored in EMPTY:
        return None
    amounts = _amounts(stored, value)
    left, right = amounts if amounts is not None else (str(stored), str(value))
    return (left > right) - (left < right)  # type: ignore[operator]  # both are of one kind


def _amounts(stored: object, value: Any) -> tuple[Decimal, Decimal] | None:
    try:
        found = Decimal(str(stored)), Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found[0].is_finite() and found[1].is_finite() else None


TESTS: dict[str, Callable[[object, Any], bool]] = {
    "is": _is,
    "is_not": lambda stored, value: not _is(stored, value),
    "contains": _contains,
    "not_contains": lambda stored, value: not _contains(stored, value),
    "less": lambda stored, value: _order(stored, value) == -1,
    "at_most": lambda stored, value: _order(stored, value) in (-1, 0),
    "at_least": lambda stored, value: _order(stored, value) in (0, 1),
    "more": lambda stored, value: _order(stored, value) == 1,
}
