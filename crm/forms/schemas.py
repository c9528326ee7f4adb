"""What goes into and comes out of the forms' functions."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from typing_extensions import TypedDict

from crm.contacts.schemas import TagNames
from crm.fields.schemas import CustomValue, FieldType, OptionRow
from realtime.functions import Changes, Id, Line, OneLine, Word, pattern, shape

FormName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), OneLine]
FieldName = Annotated[
    str,
    StringConstraints(
        pattern=pattern(
            r"^(custom\.)?[a-z][a-z0-9_]{0,39}$", "Give the name of a field, like email or custom.budget."
        )
    ),
    Field(description='A field of a contact, "message", or "custom." and the key of a custom field.'),
]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), OneLine]
Help = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
ConsentText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
Address = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=500,
        pattern=pattern(r"^$|^https?://[^\s]+$", "Give an address that begins with http:// or https://."),
    ),
    Field(description="An address such as https://example.com/thanks, or nothing."),
]
Origin = Annotated[
    str,
    StringConstraints(
        max_length=200,
        pattern=pattern(
            r"^https?://[a-z0-9.\-]+(:\d{1,5})?$",
            "Give scheme and host of a site without a path, like https://www.example.com.",
        ),
    ),
    Field(description="Scheme and host of a site, such as https://www.example.com, without a path."),
]
Token = Annotated[str, StringConstraints(max_length=64)]
FormValues = Annotated[
    dict[Annotated[str, StringConstraints(max_length=60)], CustomValue],
    Field(
        max_length=100,
        description=(
            "Values by the form's field keys, `consent` as true or false, and `submission_key`: text of your own that "
            "names this sending, so that the same again is taken once."
        ),
    ),
]


class FormField(BaseModel):
    """One thing that a form asks."""

    model_config = ConfigDict(strict=True, extra="forbid")

    key: FieldName
    label: Label
    help: Help = ""
    required: bool = False


FormFields = Annotated[list[FormField], Field(min_length=1, max_length=50)]


class FormChanges(Changes):
    """What may be changed of a form. ``fields`` are all of them, in order."""

    name: FormName = ""
    is_on: bool = True
    title: Line = ""
    intro: Text = ""
    button: Word = ""
    fields: FormFields = []
    consent_text: ConsentText = ""
    consent_required: bool = False
    thanks: Text = ""
    redirect_url: Address = ""
    origins: Annotated[list[Origin], Field(max_length=50)] = []
    source: Word = ""
    tags: TagNames = []
    owner_id: Id | None = None


@shape
class FormRow(TypedDict):
    """A form in a list."""

    id: int
    name: str
    is_on: bool
    path: str
    last_at: datetime | None
    updated_at: datetime
    version: int


@shape
class FormFieldRow(TypedDict):
    """One thing that a form asks; ``options`` are those of a choice."""

    key: str
    label: str
    help: str
    required: bool
    type: FieldType
    options: list[OptionRow]


@shape
class PublicForm(TypedDict):
    """A form as whoever fills it in sees it."""

    id: int
    token: str
    title: str
    intro: str
    button: str
    fields: list[FormFieldRow]
    consent_text: str
    consent_required: bool
    thanks: str
    redirect_url: str
    origins: list[str]


@shape
class FormDetail(PublicForm):
    """A form with everything that its settings page shows; ``problems`` says what keeps it from working."""

    name: str
    is_on: bool
    path: str
    source: str
    tags: list[str]
    owner_id: int | None
    owner_name: str | None
    problems: list[str]
    updated_at: datetime
    version: int


@shape
class SubmissionRow(TypedDict):
    """One sending. Of a contact that you may not see, neither the name nor the values are there."""

    id: int
    at: datetime
    contact_id: int | None
    contact_name: str
    is_new: bool
    consented: bool
    page: str
    values: dict[str, CustomValue]


@shape
class Submitted(TypedDict):
    """What the sender is told; never whether they were known."""

    received: bool
    thanks: str
    redirect_url: str


@shape
class FormRef(TypedDict):
    """A form that is gone."""

    id: int
