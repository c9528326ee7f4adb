"""Durable work: the due index, its drivers, and workflows on top (see docs/workflows.md).

The names here are loaded when they are first asked for: models need the app registry.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workflows.control import cancel, fork, pause, resume, retry_from
    from workflows.hours import BusinessHours
    from workflows.mailbox import send_event
    from workflows.registry import Action, Outside, Workflow, action, workflow
    from workflows.retries import RetryPolicy
    from workflows.schedules import drop_schedule, set_schedule
    from workflows.signals import ChildFailed, NonRetryable, OutcomeUnknown, StepFailed
    from workflows.starting import start, start_many
    from workflows.step import Step

_HOMES = {
    "control": ("cancel", "fork", "pause", "resume", "retry_from"),
    "hours": ("BusinessHours",),
    "mailbox": ("send_event",),
    "registry": ("Action", "Outside", "Workflow", "action", "workflow"),
    "retries": ("RetryPolicy",),
    "schedules": ("drop_schedule", "set_schedule"),
    "signals": ("ChildFailed", "NonRetryable", "OutcomeUnknown", "StepFailed"),
    "starting": ("start", "start_many"),
    "step": ("Step",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Action", "BusinessHours", "ChildFailed", "NonRetryable", "OutcomeUnknown", "Outside", "RetryPolicy", "Step",
    "StepFailed", "Workflow", "action", "cancel", "drop_schedule", "fork", "pause", "resume", "retry_from",
    "send_event", "set_schedule", "start", "start_many", "workflow",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(name)
    return getattr(import_module(f"workflows.{_HOME_OF[name]}"), name)
