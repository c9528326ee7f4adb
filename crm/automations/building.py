"""Changing the steps of a draft, wherever in its branches they stand."""

from typing import Any

from crm.automations.definition import AnyStep, Branch, Definition, walk
from realtime.functions import NotFound, invalid


def place_of(draft: Definition, step_id: str) -> tuple[list[AnyStep], int]:
    """The list that a step stands in, and its place there; NotFound without such a step."""
    for step, listed, _depth in walk(draft.steps):
        if step.id == step_id:
            return listed, next(index for index, other in enumerate(listed) if other.id == step_id)
    raise NotFound("The automation has no step with this id.")


def insert(draft: Definition, step: AnyStep, after: str | None, within: str | None, way: str) -> None:
    """Add a step after another one, or first in a branch's way, or first of all."""
    if any(other.id == step.id for other, _list, _depth in walk(draft.steps)):
        raise invalid("step", "Give the step an id of its own.", "not_unique")
    if after is not None:
        listed, index = place_of(draft, after)
        listed.insert(index + 1, step)
        return
    if within is None:
        draft.steps.insert(0, step)
        return
    listed, index = place_of(draft, within)
    branch = listed[index]
    if not isinstance(branch, Branch):
        raise invalid("within", "Only a branch has ways to put steps into.", "no_branch")
    (branch.yes if way == "yes" else branch.no).insert(0, step)


def replace(draft: Definition, step: AnyStep) -> None:
    """Put a step in the place of the one with its id; a branch keeps its ways."""
    listed, index = place_of(draft, step.id)
    before: Any = listed[index]
    if before.kind != step.kind:
        raise invalid("step", "A step stays of its kind: delete it and add another one.", "other_kind")
    if isinstance(step, Branch):
        step = step.model_copy(update={"yes": before.yes, "no": before.no})
    listed[index] = step


def move(draft: Definition, step_id: str, by: int) -> None:
    """Move a step among those beside it; at an end it stays."""
    listed, index = place_of(draft, step_id)
    listed.insert(max(0, min(len(listed) - 1, index + by)), listed.pop(index))


def remove(draft: Definition, step_id: str) -> None:
    """Take a step out."""
    listed, index = place_of(draft, step_id)
    del listed[index]
