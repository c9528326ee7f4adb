"""How a workflow's code is left: what ends a step with an error, and what stops the code until later.

Whatever only stops the code derives from BaseException, so that ``except Exception`` around a step does not
swallow it.
"""

from datetime import datetime
from typing import Any


class StepFailed(Exception):
    """A step ended with an error; workflow code may catch it and go another way."""

    def __init__(self, key: str, error: dict[str, Any]) -> None:
        self.key = key
        self.error = error
        self.code: str = error.get("code", "error")
        self.detail: str = error.get("detail", "")
        super().__init__(f"{key}: {self.detail}")


class OutcomeUnknown(StepFailed):
    """An action that may run at most once was begun by a worker that died: nobody knows whether it took effect."""


class ChildFailed(StepFailed):
    """A child run failed or was cancelled."""


class NonRetryable(Exception):
    """An action raises this when trying again can't help."""


class Unwind(BaseException):
    """Leaves the workflow's code; not an error."""


class Suspend(Unwind):
    """Nothing more to do now: a timer, an event, a child or a retry is waited for."""


class Apart(Unwind):
    """The next step can't share a transaction with other runs: it is done after them, alone."""


class Restart(Unwind):
    """The transaction collided with another one; all of it is done again."""


class Outage(Restart):
    """The database can do nothing now, for anybody: the run is put back as it was, and nothing is counted."""


class Refused(Restart):
    """A step that has no savepoint failed: all is done again, with one for each step."""


class LostLease(Unwind):
    """Another worker owns the run by now, or somebody changed it; what was not committed is rolled back."""


class Unstorable(Unwind):
    """A step answered what the journal can't take: its transaction is rolled back, and the run fails."""

    code = "not_json"


class TooLarge(Unstorable):
    """A step answered more than the journal takes."""

    code = "too_large"


class CancelRequested(Unwind):
    """The code has come as far as it had before the run was cancelled."""


class ContinueAsNew(Unwind):
    """The run begins again with an empty journal."""

    def __init__(self, args: dict[str, Any]) -> None:
        self.args_of_next = args
        super().__init__()


class Nondeterminism(Unwind):
    """Code and journal part: both sides, as the run shows them."""

    def __init__(
        self, position: str, why: str, journal: dict[str, Any] | None, code: dict[str, Any] | None
    ) -> None:
        self.sides: dict[str, Any] = {
            "code": "nondeterminism",
            "detail": why,
            "position": position,
            "in_journal": journal,
            "in_code": code,
        }
        super().__init__(why)


#: When a blocked command can go on, at the earliest; None when only an event or a child can wake it.
Wake = datetime | None
