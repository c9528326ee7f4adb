"""What the functions about first steps answer."""

from typing import Literal

from typing_extensions import TypedDict

from realtime.functions import shape

StepKey = Literal["profile", "contact", "task", "log", "invite"]


@shape
class FirstStep(TypedDict):
    """One thing that somebody new does first."""

    key: StepKey
    is_done: bool


@shape
class FirstSteps(TypedDict):
    """A new member's checklist; closed (and empty) when it is done or was put away."""

    is_open: bool
    is_done: bool
    steps: list[FirstStep]


@shape
class Use(TypedDict):
    """Whether the firm has begun to work with the product."""

    contacts: bool
    teammates: bool


@shape
class Greeting(TypedDict):
    """The time zone in which a new member is written to."""

    time_zone: str


@shape
class Progress(TypedDict):
    """Whether a member's onboarding is over."""

    is_over: bool
