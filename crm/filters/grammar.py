"""What a filter is: conditions, and groups of which all or any must hold.

    {"all": [
        {"field": "stage_id", "op": "any_of", "value": [1, 2]},
        {"field": "owner_id", "op": "is_me"},
        {"any": [
            {"field": "last_activity_at", "op": "more_than_ago", "value": {"count": 7, "unit": "day"}},
            {"field": "custom.budget", "op": "at_least", "value": 100000}]}]}

A single condition is a filter, too. Sizes are bounded, so that no filter makes a query that the database can't plan.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

from realtime.functions import Phrase, invalid, pattern

MAX_DEPTH, MAX_CONDITIONS, MAX_VALUES, MAX_TEXT = 4, 40, 100, 200

Operator = Literal[
    "is", "is_not", "any_of", "none_of", "all_of", "contains", "not_contains", "starts_with", "ends_with",
    "empty", "not_empty", "less", "at_most", "more", "at_least", "before", "after", "between", "within",
    "in_last", "in_next", "more_than_ago", "more_than_ahead", "overdue", "is_me", "is_not_me", "my_teams",
    "not_my_teams",
]  # fmt: skip
Unit = Literal["day", "week", "month", "year"]
FieldName = Annotated[
    str,
    StringConstraints(
        pattern=pattern(
            r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$", "Give the name of a field, like email or custom.budget."
        ),
        max_length=60,
    ),
]
Text = Annotated[str, StringConstraints(max_length=MAX_TEXT)]
Number = Annotated[float, Field(allow_inf_nan=False)]

STRICT = ConfigDict(strict=True, extra="forbid", frozen=True)


class Span(BaseModel):
    """A length of time: 30 days."""

    model_config = STRICT

    count: Annotated[int, Field(ge=1, le=1000)]
    unit: Unit = "day"


Single = bool | int | Number | Text
FilterValue = Single | Span | Annotated[list[Single], Field(max_length=MAX_VALUES)] | None


class Condition(BaseModel):
    """One field compared: ``stage_id``, ``custom.budget``, ``company.city``. What ``value`` is, the operator says."""

    model_config = STRICT

    field: FieldName
    op: Operator
    value: FilterValue = None


class AllOf(BaseModel):
    """Every part must hold; a group without parts holds always."""

    model_config = STRICT

    all: Annotated[list["Filter"], Field(max_length=MAX_CONDITIONS)]


class AnyOf(BaseModel):
    """One part at least must hold; a group without parts holds always."""

    model_config = STRICT

    any: Annotated[list["Filter"], Field(max_length=MAX_CONDITIONS)]


def _kind(given: Any) -> str:
    """By the member that is there, so that a mistake is reported about what was meant."""
    for kind in ("all", "any"):
        if kind in given if isinstance(given, dict) else hasattr(given, kind):
            return kind
    return "condition"


Filter = Annotated[
    Annotated[Condition, Tag("condition")] | Annotated[AllOf, Tag("all")] | Annotated[AnyOf, Tag("any")],
    Discriminator(_kind),
]
AllOf.model_rebuild()
AnyOf.model_rebuild()


def parts_of(node: Filter) -> list[Filter] | None:
    """A group's parts, None for a condition."""
    if isinstance(node, AllOf):
        return node.all
    return node.any if isinstance(node, AnyOf) else None


def conditions_of(node: Filter | None) -> Iterator[Condition]:
    """Every condition of a filter."""
    if isinstance(node, Condition):
        yield node
    elif node is not None:
        for part in parts_of(node) or ():
            yield from conditions_of(part)


def refuse_too_large(node: Filter) -> None:
    """InvalidInput for more conditions or deeper groups than a query should have."""
    if _depth(node) > MAX_DEPTH:
        raise invalid(
            "filter", Phrase("Groups may be nested up to %(most)s deep.", most=MAX_DEPTH), "too_deep"
        )
    if sum(1 for _ in conditions_of(node)) > MAX_CONDITIONS:
        raise invalid(
            "filter", Phrase("A filter may have up to %(most)s conditions.", most=MAX_CONDITIONS), "too_long"
        )


def _depth(node: Filter) -> int:
    parts = parts_of(node)
    return 0 if parts is None else 1 + max(map(_depth, parts), default=0)


def as_json(node: Filter | None) -> Any:
    """The filter as it was given, for JSON."""
    return None if node is None else node.model_dump(mode="json", exclude_unset=True)
