"""Changing a sequence's steps, also while contacts are under way (``crm.sequences.turns`` says what that means)."""

from typing import Any

from django.utils import timezone

from accounts.permissions import Permission
from accounts.roles.models import Member
from crm.mail.merging import check_places
from crm.mail.models import MailTemplate
from crm.sequences.definition import MAX_STEPS, AnyStep, Email, Task, params_of
from crm.sequences.models import Enrollment, Sequence, SequenceStep
from crm.sequences.mutations import lock_sequence, saved
from crm.sequences.schemas import SequenceDetail
from realtime.functions import Conflict, Context, Id, NotFound, Version, invalid, mutation
from workflows import start

MANAGE = Permission.SEQUENCE_MANAGE


@mutation(permission=MANAGE)
def add_step(
    ctx: Context,
    *,
    sequence_id: Id,
    step: AnyStep,
    after: Id | None = None,
    first: bool = False,
    version: Version | None = None,
) -> SequenceDetail:
    """Add a step: behind another one, first of all, or at the end. Contacts who are past it do not come back for it."""
    row = lock_sequence(sequence_id, version)
    steps = _in_order(row)
    if sum(other.removed_at is None for other in steps) >= MAX_STEPS:
        raise Conflict("A sequence has at most 50 steps.")
    place = 0 if first else len(steps) if after is None else steps.index(_step(steps, after)) + 1
    _check(step)
    steps.insert(place, SequenceStep(sequence=row, **_columns(step)))
    _write_order(steps)
    return saved(ctx, row, {"step": [None, step.kind]})


@mutation(permission=MANAGE)
def update_step(
    ctx: Context, *, sequence_id: Id, step_id: Id, step: AnyStep, version: Version | None = None
) -> SequenceDetail:
    """Change what a step says; it holds for everybody who does it from now on. A wait that has begun keeps its end."""
    row = lock_sequence(sequence_id, version)
    found = _step(_in_order(row), step_id)
    if found.kind != step.kind:
        raise invalid("step", "A step stays of its kind: delete it and add another one.", "other_kind")
    _check(step)
    for name, value in _columns(step).items():
        setattr(found, name, value)
    found.save()
    return saved(ctx, row, {"step": [step.kind, step.kind]})


@mutation(permission=MANAGE)
def move_step(
    ctx: Context, *, sequence_id: Id, step_id: Id, by: int, version: Version | None = None
) -> SequenceDetail:
    """Move a step up (negative) or down; at an end it stays. Nobody does a step twice, or one that is behind them."""
    row = lock_sequence(sequence_id, version)
    steps = _in_order(row)
    shown = [step for step in steps if step.removed_at is None]
    place = shown.index(_step(shown, step_id))
    other = shown[max(0, min(len(shown) - 1, place + by))]
    step = shown[place]
    target = steps.index(other)
    steps.remove(step)
    steps.insert(target, step)
    _write_order(steps)
    return saved(ctx, row, {"step": [step_id, step_id]})


@mutation(permission=MANAGE)
def delete_step(
    ctx: Context, *, sequence_id: Id, step_id: Id, version: Version | None = None
) -> SequenceDetail:
    """Take a step out; contacts who are at it go on with what follows, at once. Its figures are kept."""
    row = lock_sequence(sequence_id, version)
    found = _step(_in_order(row), step_id)
    found.removed_at, found.template = timezone.now(), None
    found.save()
    _write_order(_in_order(row))
    if Enrollment.objects.filter(sequence=row, step=found, finished_at__isnull=True).exists():
        start("sequences.leave_step", {"step_id": found.pk}, key=str(found.pk))
    return saved(ctx, row, {"step": [found.kind, None]})


def _in_order(row: Sequence) -> list[SequenceStep]:
    """All steps, those that were deleted among them: who is at one of them goes on from its place."""
    return list(SequenceStep.objects.filter(sequence=row).order_by("position", "id"))


def _step(steps: list[SequenceStep], step_id: int) -> SequenceStep:
    found = next((step for step in steps if step.pk == step_id and step.removed_at is None), None)
    if found is None:
        raise NotFound("The sequence has no step with this id.")
    return found


def _write_order(steps: list[SequenceStep]) -> None:
    """Count positions from 1; a deleted step has that of the one before it, so that the shown ones have no gaps."""
    position = 0
    for step in steps:
        position += step.removed_at is None
        if step.position != position or step.pk is None:
            step.position = position
            step.save()


def _columns(step: Any) -> dict[str, Any]:
    return {"kind": step.kind, "params": params_of(step), "template_id": getattr(step, "template_id", None)}


def _check(step: Any) -> None:
    """InvalidInput for merge fields, a template or a member that are not there, or an email that says nothing."""
    for name in ("subject", "body", "title"):
        check_places(f"step.{name}", getattr(step, name, ""))
    if isinstance(step, Email):
        if step.template_id is None and not step.body:
            raise invalid("step.body", "Write a text, or choose a template.", "missing")
        if step.template_id is not None and not MailTemplate.objects.filter(pk=step.template_id).exists():
            raise invalid("step.template_id", "There is no email template with this id.", "not_found")
    assignee = step.assignee if isinstance(step, Task) else None
    if isinstance(assignee, int) and not Member.objects.filter(pk=assignee, is_active=True).exists():
        raise invalid("step.assignee", "Name an active member of the workspace.", "not_found")
