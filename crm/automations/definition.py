"""What an automation is, as JSON: one trigger, conditions on the record, and steps, some with branches.

    {"trigger": {"kind": "stage_entered", "stage_id": 7},
     "only_if": {"field": "amount", "op": "at_least", "value": 10000},
     "steps": [
        {"id": "a1", "kind": "create_task", "title": "Onboard {deal.title}", "assignee": "owner", "due_days": 1},
        {"id": "b2", "kind": "wait", "days": 2},
        {"id": "c3", "kind": "branch", "test": {"kind": "replied"}, "yes": [], "no": [
            {"id": "d4", "kind": "notify", "to": "leader", "text": "No answer from {contact.full_name}"}]}]}

A step keeps its id for life: what the builder changes and what a run's journal shows are named by it.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from crm.filters.grammar import FieldName, Filter
from realtime.functions import OneLine, invalid, pattern

MAX_STEPS, MAX_DEPTH = 100, 5
#: The most characters of a value that is compared with the change log, which cuts texts off there.
MAX_VALUE = 200
STRICT = ConfigDict(strict=True, extra="forbid")

Object = Literal["contact", "company", "deal", "task"]
NewObject = Literal["contact", "company", "deal"]
StepId = Annotated[
    str,
    StringConstraints(
        pattern=pattern(r"^[a-z0-9]{1,12}$", "Give the id of a step: small letters and digits, 12 at most.")
    ),
]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), OneLine]
Body = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
Plain = str | int | float | bool | None
#: How a field's old or new value is compared; ``empty`` and ``filled`` take no value.
Comparison = Literal[
    "empty", "filled", "is", "is_not", "contains", "not_contains", "less", "at_most", "at_least", "more"
]
Time = Annotated[
    str,
    StringConstraints(
        pattern=pattern(r"^([01]\d|2[0-3]):[0-5]\d$", "Give a time of day from 00:00 to 23:59.")
    ),
]
Days = Annotated[int, Field(ge=0, le=3650)]
RecordId = Annotated[int, Field(ge=1)]


class Strict(BaseModel):
    """Nothing is guessed and nothing unknown is let in."""

    model_config = STRICT


class RecordCreated(Strict):
    """A record was added, by whomever and in whatever way."""

    kind: Literal["record_created"]
    object: Object = "contact"


class RecordChanged(Strict):
    """A field of a record changed, from and to given values if there are any; without a field, any field.

    ``was`` and ``becomes`` say how ``before`` and ``after`` are compared with what the field was and became: left
    out, they are it exactly. {"field": "amount", "was": "less", "before": 1000, "becomes": "at_least", "after": 1000}
    is an amount that rises above a mark.
    """

    kind: Literal["record_changed"]
    object: Object = "contact"
    field: FieldName | None = None
    before: Plain = None
    was: Comparison | None = None
    after: Plain = None
    becomes: Comparison | None = None


class StageEntered(Strict):
    """A deal came to a stage, new ones included."""

    kind: Literal["stage_entered"]
    stage_id: RecordId


class DateReached(Strict):
    """A record's date has come, or is a number of days ahead or past; checked once a day, at the firm's time."""

    kind: Literal["date_reached"]
    object: Object = "deal"
    field: FieldName = "close_date"
    days: Annotated[int, Field(ge=-3650, le=3650)] = 0
    at: Time = "09:00"


class Scheduled(Strict):
    """A time of the clock has come: for every record that the conditions choose."""

    kind: Literal["schedule"]
    object: Object = "contact"
    cron: Annotated[str, StringConstraints(min_length=1, max_length=120)] = "0 9 * * mon"


class IncomingWebhook(Strict):
    """Another program sent a contact to the automation's address."""

    kind: Literal["webhook"]


class FormSent(Strict):
    """Somebody sent a form; without a form, any of them. The run is about the contact."""

    kind: Literal["form_sent"]
    form_id: RecordId | None = None


class ByHand(Strict):
    """Somebody starts it for a record."""

    kind: Literal["by_hand"]
    object: Object = "contact"


Trigger = Annotated[
    RecordCreated
    | RecordChanged
    | StageEntered
    | DateReached
    | Scheduled
    | IncomingWebhook
    | FormSent
    | ByHand,
    Field(discriminator="kind"),
]


class Base(Strict):
    """What each step has."""

    id: StepId


class Wait(Base):
    """Let time go by; with ``business_hours`` go on only in them."""

    kind: Literal["wait"]
    days: Days = 0
    hours: Annotated[int, Field(ge=0, le=10_000)] = 0
    minutes: Annotated[int, Field(ge=0, le=100_000)] = 0
    business_hours: bool = False


class WaitFor(Base):
    """Go on as soon as the conditions hold for the record, or after a number of days at the latest."""

    kind: Literal["wait_for"]
    filter: Filter
    days: Annotated[int, Field(ge=1, le=3650)] = 7


class CreateTask(Base):
    """Make a task for somebody."""

    kind: Literal["create_task"]
    title: Label
    assignee: Literal["owner", "leader"] | RecordId = "owner"
    due_days: Days | None = None


class CreateRecord(Base):
    """Make another record: a deal of the contact, a contact of the company. ``values`` are its fields."""

    kind: Literal["create_record"]
    object: NewObject = "deal"
    values: Annotated[dict[FieldName, Plain], Field(max_length=40)] = {}
    owner: Literal["owner", "leader"] | RecordId = "owner"


class UpdateField(Base):
    """Set a field of the record."""

    kind: Literal["update_field"]
    field: FieldName
    value: Plain = None


class MoveStage(Base):
    """Move the deal to a stage."""

    kind: Literal["move_stage"]
    stage_id: RecordId


class Assign(Base):
    """Give the record to a member, or to the next one of a routing rule."""

    kind: Literal["assign"]
    member_id: RecordId | None = None
    rule_id: RecordId | None = None


class ClaimPool(Base):
    """Put the contact into the pool of a team, or of everybody: whoever claims it first has it."""

    kind: Literal["claim_pool"]
    team_id: RecordId | None = None


class Enroll(Base):
    """Let the contact begin a sequence."""

    kind: Literal["enroll"]
    sequence_id: RecordId


class Unenroll(Base):
    """Take the contact out of a sequence, or of all they are in."""

    kind: Literal["unenroll"]
    sequence_id: RecordId | None = None


class AddTag(Base):
    """Tag the contact."""

    kind: Literal["add_tag"]
    tag: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class AddNote(Base):
    """Write on the record's timeline."""

    kind: Literal["add_note"]
    body: Body


class Notify(Base):
    """Tell the record's owner, their leaders, or a member."""

    kind: Literal["notify"]
    to: Literal["owner", "leader"] | RecordId = "owner"
    text: Label


class SendEmail(Base):
    """Write to the contact, or to the record's owner."""

    kind: Literal["send_email"]
    to: Literal["contact", "owner"] = "contact"
    subject: Label
    body: Body


class CallWebhook(Base):
    """Send the record's fields to another program."""

    kind: Literal["call_webhook"]
    url: Annotated[
        str,
        StringConstraints(
            pattern=pattern(r"^https?://[^\s]+$", "Give an address that begins with http:// or https://."),
            max_length=500,
        ),
    ]


class Stop(Base):
    """End here."""

    kind: Literal["stop"]


class Replied(Strict):
    """Whether the contact wrote or called since the run began."""

    kind: Literal["replied"]


class Matches(Strict):
    """Whether conditions hold of the record now."""

    kind: Literal["matches"]
    filter: Filter


Test = Annotated[Replied | Matches, Field(discriminator="kind")]


class Branch(Base):
    """Go one way or the other."""

    kind: Literal["branch"]
    test: Test
    yes: list["AnyStep"] = []
    no: list["AnyStep"] = []


AnyStep = Annotated[
    Wait | WaitFor | CreateTask | CreateRecord | UpdateField | MoveStage | Assign | AddTag | AddNote | Notify
    | SendEmail | CallWebhook | ClaimPool | Enroll | Unenroll | Stop | Branch,
    Field(discriminator="kind"),
]  # fmt: skip
Branch.model_rebuild()


#: What each trigger's runs can be about, the usual first.
TRIGGERS_ABOUT: dict[str, tuple[Object, ...]] = {
    **dict.fromkeys(
        ("record_created", "record_changed", "by_hand", "schedule"), ("contact", "company", "deal", "task")
    ),
    "date_reached": ("deal", "contact", "company", "task"),
    "stage_entered": ("deal",),
    **dict.fromkeys(("webhook", "form_sent"), ("contact",)),
}
#: Steps that only some kinds of record know.
ABOUT: dict[str, tuple[Object, ...]] = {
    "move_stage": ("deal", "task"),
    **dict.fromkeys(("add_tag", "claim_pool", "enroll", "unenroll"), ("contact", "deal", "task")),
}


class Definition(Strict):
    """All of it."""

    trigger: Trigger
    only_if: Filter | None = None
    steps: Annotated[list[AnyStep], Field(max_length=MAX_STEPS)] = []

    @property
    def object(self) -> Object:
        """What kind of record runs are about."""
        return object_of(self.trigger)


def object_of(trigger: Trigger) -> Object:
    """The kind of record that a trigger leads to."""
    if isinstance(trigger, StageEntered):
        return "deal"
    if isinstance(trigger, IncomingWebhook | FormSent):
        return "contact"
    return trigger.object


STEP: TypeAdapter[AnyStep] = TypeAdapter(AnyStep)


def as_json(definition: Definition) -> dict[str, Any]:
    """The definition as it is stored."""
    return definition.model_dump(mode="json", exclude_none=True)


def read(stored: Any) -> Definition:
    """A stored definition."""
    return Definition.model_validate(stored)


def walk(steps: list[AnyStep], depth: int = 1) -> Iterator[tuple[AnyStep, list[AnyStep], int]]:
    """Every step with the list that it stands in and how deep, in the order of the page."""
    for step in steps:
        yield step, steps, depth
        if isinstance(step, Branch):
            yield from walk(step.yes, depth + 1)
            yield from walk(step.no, depth + 1)


def check(definition: Definition) -> None:
    """InvalidInput for too many steps, too deep branches, or an id that two steps have."""
    found = list(walk(definition.steps))
    if len(found) > MAX_STEPS:
        raise invalid("definition", "An automation may have up to 100 steps.", "too_long")
    if any(depth > MAX_DEPTH for _step, _list, depth in found):
        raise invalid("definition", "Branches may be nested up to 5 deep.", "too_deep")
    ids = [step.id for step, _list, _depth in found]
    if len(set(ids)) < len(ids):
        raise invalid("definition", "Give every step an id of its own.", "not_unique")
