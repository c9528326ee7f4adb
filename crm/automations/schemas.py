"""What goes into and comes out of the automations' functions."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import StringConstraints
from typing_extensions import TypedDict

from crm.automations.definition import Definition
from realtime.functions import Changes, Name, shape
from workflows.runs.schemas import RunStatus

Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)]
RoutingKind = Literal["round_robin", "weighted"]
Way = Literal["yes", "no"]


class AutomationChanges(Changes):
    """What may be changed of an automation; the definition is its draft."""

    name: Name = ""
    description: Description = ""
    definition: Definition | None = None


@shape
class AutomationRow(TypedDict):
    """An automation in a list: whether it is on, and which version it runs."""

    id: int
    name: str
    description: str
    trigger: str
    object: str
    is_on: bool
    is_changed: bool
    number: int | None
    started: int
    last_started_at: datetime | None
    trouble: str
    updated_at: datetime
    version: int


@shape
class VersionRow(TypedDict):
    """A published version."""

    number: int
    published_at: datetime
    published_by: str | None


@shape
class StepProblem(TypedDict):
    """What is wrong with a step of the draft, or with its trigger (step "")."""

    step: str
    detail: str


@shape
class AutomationDetail(TypedDict):
    """An automation with its draft, what keeps the draft from being published, and its versions, the newest first."""

    id: int
    name: str
    description: str
    trigger: str
    object: str
    is_on: bool
    is_changed: bool
    number: int | None
    started: int
    last_started_at: datetime | None
    trouble: str
    updated_at: datetime
    version: int
    definition: dict[str, Any]
    problems: list[str]
    step_problems: list[StepProblem]
    published_problems: list[str]
    webhook_path: str
    versions: list[VersionRow]


@shape
class Difference(TypedDict):
    """A part of a version that the one before has not, or not so: "trigger", "only_if" or a step by its id."""

    what: Literal["added", "removed", "changed", "moved"]
    step: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@shape
class VersionDetail(TypedDict):
    """A published version, and how it differs from the one before."""

    number: int
    published_at: datetime
    published_by: str | None
    definition: dict[str, Any]
    differences: list[Difference]


@shape
class Reach(TypedDict):
    """How many records a clock takes (``is_more``: more than 1,000; ``is_all``: every one), and when it comes next."""

    records: int | None
    is_more: bool
    is_all: bool
    next_at: datetime | None


@shape
class SecretState(TypedDict):
    """When the signing secret was renewed (never: null), and until when the former one signs, too (not: null)."""

    renewed_at: datetime | None
    former_until: datetime | None


@shape
class Secret(TypedDict):
    """The signing secret."""

    secret: str
    renewed_at: datetime | None
    former_until: datetime | None


@shape
class AutomationRef(TypedDict):
    """An automation's id and version."""

    id: int
    version: int


@shape
class AutomationRunRow(TypedDict):
    """A record that went through an automation, and how its run stands. Without a run ``note`` says why none began."""

    id: int
    run_id: int | None
    number: int
    object: str
    record_id: int
    record_name: str
    started_at: datetime
    status: RunStatus | None
    note: str
    finished_at: datetime | None


@shape
class Began(TypedDict):
    """The run that was started; null if the record is going through the automation already."""

    run_id: int | None


@shape
class TrialStep(TypedDict):
    """A step of a dry run: what it would do in words, and what is wrong with it."""

    id: str
    kind: str
    would: str
    depth: int
    problem: str


@shape
class Trial(TypedDict):
    """What an automation would do with a record now; ``admitted`` says whether its conditions let the record in."""

    admitted: bool
    record_name: str
    steps: list[TrialStep]


@shape
class RoutingSeatRow(TypedDict):
    """A member's place in a rule."""

    member_id: int
    name: str
    weight: int
    given: int


@shape
class RoutingRow(TypedDict):
    """A rule by which work is given out."""

    id: int
    name: str
    kind: RoutingKind
    seats: list[RoutingSeatRow]


@shape
class Facts(TypedDict):
    """What steps need to know of a record."""

    is_there: bool
    is_moved: bool
    name: str
    link: str
    owner_id: int | None
    leader_ids: list[int]
    contact_id: int | None
    deal_id: int | None
    company_id: int | None
    fields: dict[str, dict[str, str]]


@shape
class Matched(TypedDict):
    """Whether conditions hold."""

    matches: bool


@shape
class Answered(TypedDict):
    """Whether a contact has answered."""

    replied: bool


@shape
class Done(TypedDict):
    """Whether there was something to do."""

    done: bool


@shape
class Plan(TypedDict):
    """A version's definition, and the firm's time zone."""

    definition: dict[str, Any]
    time_zone: str


@shape
class Intake(TypedDict):
    """What became of a contact that was sent: whether they were new, and whether a run began."""

    created: bool
    started: bool


@shape
class Batch(TypedDict):
    """Records that a time has come for: how many began, and where to go on."""

    began: int
    after_id: int | None
