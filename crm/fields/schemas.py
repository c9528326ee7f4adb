"""What goes into and comes out of the custom fields' functions."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from realtime.functions import Changes, Name, pattern, shape

FieldObject = Literal["contact", "company", "deal", "task"]
FieldType = Literal[
    "text", "long_text", "number", "currency", "date", "datetime", "yes_no", "choice", "choices", "url",
    "email", "phone", "member",
]  # fmt: skip
FieldKey = Annotated[
    str,
    StringConstraints(
        pattern=pattern(
            r"^[a-z][a-z0-9_]{0,39}$",
            "Begin with a small letter; small letters, digits and _ may follow, 40 in all.",
        )
    ),
    Field(description="Lower-case letters, digits and _; it never changes. Made from the label by default."),
]
CurrencyCode = Annotated[
    str,
    StringConstraints(
        pattern=pattern(r"^([A-Z]{3})?$", "Give the three capital letters of a currency, like EUR.")
    ),
    Field(description="ISO 4217 code."),
]
Position = Annotated[int, Field(ge=0, le=32_767)]

#: What a record's ``custom`` takes: text, a number, true or false, a list of options' keys; null empties.
CustomValue = bool | int | float | str | list[str] | None
CustomValues = Annotated[
    dict[str, CustomValue],
    Field(
        max_length=200,
        description=(
            "Values of custom fields by key; keys that are not sent stay, null empties. Dates as 2026-05-01, times "
            "as ISO 8601 with a zone, choices by the options' keys, members by id."
        ),
    ),
]


@shape
class OptionRow(TypedDict):
    """Something to choose in a field of choices."""

    key: str
    label: str


@shape
class FieldRow(TypedDict):
    """A custom field. ``currency`` is that of amounts, ``options`` those of choices."""

    id: int
    object: FieldObject
    key: str
    label: str
    type: FieldType
    currency: str
    required: bool
    is_retired: bool
    options: list[OptionRow]


@shape
class DeletedField(TypedDict):
    """A field that is gone, and how many records had a value, which is gone too."""

    id: int
    records: int


class GivenOption(Changes):
    """An option: one that is there by its key, else a new one. Its key is made from the label by default."""

    key: FieldKey | None = None
    label: Name


class FieldChanges(Changes):
    """Fields of a custom field to change. ``type`` only while no record has a value.

    ``options`` are all options in order: one that is left out is deleted, and records that had it lose it.
    """

    label: Name = "-"
    type: FieldType = "text"
    currency: CurrencyCode = ""
    required: bool = False
    is_retired: bool = False
    position: Position = 0
    options: Annotated[list[GivenOption], Field(max_length=200)] = []
