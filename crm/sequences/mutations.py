"""Changing sequences: their rules, and what state they are in."""

from typing import Any

from django.utils import timezone

from accounts.permissions import Permission
from accounts.roles.models import Member
from accounts.roles.policy import member_id_of
from crm.contacts.models import ContactStage
from crm.deals.models import Stage
from crm.sequences.models import Enrollment, Figure, Sequence
from crm.sequences.queries import get_sequence
from crm.sequences.schemas import Description, SequenceChanges, SequenceDetail, SequenceRef
from realtime.functions import (
    Conflict,
    Context,
    Id,
    InvalidInput,
    Name,
    NotFound,
    Phrase,
    PreconditionFailed,
    Version,
    invalid,
    mutation,
)
from workflows import start

NAMES = {"sequences_sequence_name_key": ("name", "Another sequence already has this name.")}
MANAGE = Permission.SEQUENCE_MANAGE


@mutation(permission=MANAGE, conflicts=NAMES)
def create_sequence(ctx: Context, *, name: Name, description: Description = "") -> SequenceDetail:
    """Make a sequence as a draft; nobody can be enrolled until it is published."""
    row = Sequence.objects.create(name=name, description=description, created_by_id=member_id_of(ctx))
    ctx.audit("sequence", row.pk, {"name": [None, name]})
    return get_sequence(ctx, sequence_id=row.pk)


@mutation(permission=MANAGE, conflicts=NAMES)
def update_sequence(
    ctx: Context, *, sequence_id: Id, changes: SequenceChanges, version: Version | None = None
) -> SequenceDetail:
    """Change a sequence's name or rules. They hold for those under way, too, from their next step on."""
    row = lock_sequence(sequence_id, version)
    sent = changes.sent()
    _check(row, sent)
    for name, value in sent.items():
        setattr(row, name, value)
    return saved(ctx, row, {name: [None, _plain(value)] for name, value in sent.items()})


def _check(row: Sequence, sent: dict[str, Any]) -> None:
    """InvalidInput for what is not there, or hours that never open."""
    if sent.get("closes_at", row.closes_at) <= sent.get("opens_at", row.opens_at):
        raise invalid("changes.closes_at", "The hours have to end after they begin.", "never_open")
    if "days" in sent:
        sent["days"] = sorted(set(sent["days"]))
    for name, model in (("stop_on_contact_stages", ContactStage), ("stop_on_deal_stages", Stage)):
        if name in sent:
            sent[name] = sorted(set(sent[name]))
            known: Any = model
            if known._default_manager.filter(pk__in=sent[name]).count() < len(sent[name]):
                raise invalid(f"changes.{name}", "There is no stage with this id.", "not_found")
    sender_id = sent.get("sender_id")
    if sender_id is not None and not Member.objects.filter(pk=sender_id, is_active=True).exists():
        raise invalid("changes.sender_id", "Name an active member of the workspace.", "not_found")


@mutation(permission=MANAGE)
def publish_sequence(ctx: Context, *, sequence_id: Id, version: Version | None = None) -> SequenceDetail:
    """Let contacts be enrolled, and those go on who wait since it was paused. InvalidInput lists what is wrong."""
    row = lock_sequence(sequence_id, version)
    problems = get_sequence(ctx, sequence_id=sequence_id)["problems"]
    if problems:
        raise InvalidInput(" ".join(problems))
    return _turn(ctx, row, Sequence.State.ACTIVE)


@mutation(permission=MANAGE)
def pause_sequence(ctx: Context, *, sequence_id: Id) -> SequenceDetail:
    """Let everybody in it stay where they are; nothing is done until it is published again."""
    row = lock_sequence(sequence_id, None)
    if row.state != Sequence.State.ACTIVE:
        raise Conflict("Only a sequence that is active can be paused.")
    return _turn(ctx, row, Sequence.State.PAUSED)


@mutation(permission=MANAGE)
def archive_sequence(ctx: Context, *, sequence_id: Id) -> SequenceDetail:
    """Put a sequence away: whoever is in it is stopped at once, and nobody can be enrolled. Its figures stay."""
    return _turn(ctx, lock_sequence(sequence_id, None), Sequence.State.ARCHIVED)


@mutation(permission=MANAGE)
def delete_sequence(ctx: Context, *, sequence_id: Id) -> SequenceRef:
    """Delete a sequence in which nobody was ever enrolled; others can be archived (Conflict)."""
    row = lock_sequence(sequence_id, None)
    if Enrollment.objects.filter(sequence=row).exists():
        raise Conflict("Contacts were in this sequence: archive it instead.")
    ctx.audit("sequence", row.pk, {"name": [row.name, None]})
    Figure.objects.filter(sequence_id=row.pk).delete()
    row.delete()
    return {"id": sequence_id, "version": row.version}


def _turn(ctx: Context, row: Sequence, state: str) -> SequenceDetail:
    """Change the state. Turns of runs that lock the sequence after this see it; the rest is done in the background."""
    was, row.state = row.state, state
    found = saved(ctx, row, {"state": [was, state]})
    if was != state and state != Sequence.State.PAUSED:
        start("sequences.follow", {"sequence_id": row.pk})
    return found


def lock_sequence(sequence_id: int, version: int | None) -> Sequence:
    """The sequence, locked until commit; NotFound, or PreconditionFailed if it moved on."""
    row = Sequence.objects.select_for_update(of=("self",)).filter(pk=sequence_id).first()
    if row is None:
        raise NotFound("There is no sequence with this id.")
    if version is not None and row.version != version:
        raise PreconditionFailed(
            Phrase("Somebody changed this sequence: it is at version %(now)s, you changed version %(yours)s.",
                   now=row.version, yours=version)
        )  # fmt: skip
    return row


def saved(ctx: Context, row: Sequence, changes: dict[str, Any]) -> SequenceDetail:
    """Write the sequence with its next version."""
    row.version += 1
    row.updated_at = timezone.now()
    row.save()
    ctx.audit("sequence", row.pk, changes)
    return get_sequence(ctx, sequence_id=row.pk)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
