"""What a step of each kind says, as JSON:

{"kind": "email", "subject": "Hello {{contact.first_name|there}}", "body": "…"}
{"kind": "email", "template_id": 3}
{"kind": "task", "title": "Call {{contact.full_name}}", "assignee": "owner", "due_days": 1}
{"kind": "note", "body": "…"}
{"kind": "wait", "days": 3, "business": true, "until": "09:00"}
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, model_validator

from realtime.functions import OneLine, pattern

MAX_STEPS = 50

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), OneLine]
Body = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
Clock = Annotated[
    str,
    StringConstraints(
        pattern=pattern(r"^([01]\d|2[0-3]):[0-5]\d$", "Give a time of day from 00:00 to 23:59.")
    ),
]
RecordId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class Strict(BaseModel):
    """Nothing is guessed and nothing unknown is let in."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Email(Strict):
    """Write to the contact. An empty subject or body is the template's; all emails of an enrollment are one
    conversation, so that from the second one on an empty subject is "Re: " and the first one's."""

    kind: Literal["email"]
    subject: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    body: Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000)] = ""
    template_id: RecordId | None = None


class Task(Strict):
    """Give somebody a task about the contact."""

    kind: Literal["task"]
    title: Title
    assignee: Literal["owner", "sender"] | RecordId = "owner"
    due_days: Annotated[int, Field(ge=0, le=365)] | None = None


class Note(Strict):
    """Write on the contact's timeline."""

    kind: Literal["note"]
    body: Body


class Wait(Strict):
    """Let time go by on the contact's clock.

    With ``business`` only days and hours of the sequence's window count, and the wait ends in one; ``until`` is the
    time of day at which it ends.
    """

    kind: Literal["wait"]
    days: Annotated[int, Field(ge=0, le=365)] = 0
    hours: Annotated[int, Field(ge=0, le=1000)] = 0
    business: bool = True
    until: Clock | None = None

    @model_validator(mode="after")
    def _waits(self) -> "Wait":
        if not (self.days or self.hours or self.until):
            raise ValueError("Say how long to wait: days, hours, or until a time of day.")
        return self


AnyStep = Annotated[Email | Task | Note | Wait, Field(discriminator="kind")]
STEP: TypeAdapter[Email | Task | Note | Wait] = TypeAdapter(AnyStep)


def params_of(step: Email | Task | Note | Wait) -> dict[str, Any]:
    """What is stored of a step beside its kind and its template."""
    return step.model_dump(mode="json", exclude={"kind", "template_id"}, exclude_none=True)


def read(kind: str, params: dict[str, Any], template_id: int | None = None) -> Any:
    """A stored step."""
    template = {"template_id": template_id} if template_id is not None else {}
    return STEP.validate_python({"kind": kind, **params, **template})
