"""One turn of an enrollment's run: see where the contact stands, do what is due, say what is to be waited for.

The row is the truth and the run its driver: whatever dies, the next turn begins by locking the row. The order of locks
is contact, enrollment, and the sequence shared, so that pausing it waits for turns under way and holds those after it.

Which step comes next is decided when the one before it is over: the first that stands behind it in the order as it is
then, and that the contact has not been at. So steps may be added, changed, moved and deleted while contacts are under
way: each reads its text when it is done; a wait that has begun keeps its end; from a deleted step one goes on at once.
"""

from datetime import datetime, timedelta
from typing import Any

from accounts.permissions import Permission
from crm.contacts.models import Contact
from crm.deals.models import Deal
from crm.mail.sending import unread_mailbox
from crm.sequences import definition, doing, times
from crm.sequences.ending import end, leave
from crm.sequences.models import Enrollment, Sequence, SequenceStep, Visit
from crm.sequences.pacing import slots_of, take_place
from crm.sequences.schemas import SlotWanted, Turn
from crm.sequences.zones import zone_of_contact
from realtime.functions import Context, Id, Phrase, mutation
from workflows.sql import fetch

SHARE = "SELECT state FROM sequences_sequence WHERE id = %s FOR SHARE"
#: How soon a mailbox that cannot be read is asked for again.
UNREAD = timedelta(minutes=15)
#: What is due so soon is due.
SOON = timedelta(milliseconds=5)


@mutation(permission=Permission.SYSTEM)
def take_turn(ctx: Context, *, enrollment_id: Id, contact_id: Id, has_slots: bool = False) -> Turn:
    """Do what is due for an enrollment, at most one thing; returns what its run waits for before the next turn."""
    contact = (
        Contact.objects.select_related("owner")
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=contact_id)
        .first()
    )
    row = (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("sequence", "step")
        .filter(pk=enrollment_id)
        .first()
    )
    if row is None or contact is None:
        return over("The contact is gone.")
    if row.finished_at is not None:
        return over(row.state)
    turn = Place(ctx, row, contact, has_slots).go()
    if not any(note.object == "enrollment" for note in ctx.notes):
        ctx.audit("enrollment", row.pk, {})  # the log says for whom
    return turn


class Place:
    """Where a contact stands, in one turn."""

    def __init__(self, ctx: Context, row: Enrollment, contact: Contact, has_slots: bool) -> None:
        self.ctx, self.row, self.contact, self.has_slots = ctx, row, contact, has_slots
        self.sequence: Sequence = row.sequence
        self.now: datetime = fetch("SELECT clock_timestamp()")[0][0]
        self._zone = ""

    def go(self) -> Turn:
        """Stop, hold, or go on from where the contact stands."""
        reason = self._reason_to_stop()
        if reason:
            end(self.ctx, self.row, Enrollment.State.STOPPED, reason)
            return over(reason)
        state = fetch(SHARE, [self.sequence.pk])[0][0]
        if state == Sequence.State.ARCHIVED:
            end(self.ctx, self.row, Enrollment.State.STOPPED, Enrollment.StopReason.SEQUENCE)
            return over(Enrollment.StopReason.SEQUENCE)
        if self.row.state == Enrollment.State.PAUSED or state != Sequence.State.ACTIVE:
            self.row.is_held = True
            self.row.save(update_fields=["is_held"])
            return wait(is_held=True, coming=self._name())
        self.row.is_held = False
        if self.row.step is None:
            return self.enter_next()
        if self.row.is_skipping or self.row.step.removed_at is not None:
            return self._leave(Visit.State.SKIPPED)
        return self._do(self.row.step)

    def _reason_to_stop(self) -> str:
        if self.contact.archived_at is not None:
            return Enrollment.StopReason.BINNED
        stage_id = self.contact.stage_id
        if stage_id != self.row.first_stage_id and stage_id in self.sequence.stop_on_contact_stages:
            return Enrollment.StopReason.STAGE
        wanted = self.sequence.stop_on_deal_stages
        if wanted and entered_by_deal(self.row, wanted):
            return Enrollment.StopReason.STAGE
        return ""

    def _do(self, step: SequenceStep) -> Turn:
        if self.row.next_at is not None and self.row.next_at > self.now + SOON:
            return wait(seconds=self._seconds_left(), coming=self._name())
        if step.kind == SequenceStep.Kind.WAIT:
            return self._leave(Visit.State.DONE)
        node = definition.read(step.kind, step.params, step.template_id)
        if step.kind == SequenceStep.Kind.EMAIL:
            waiting = self._before_email()
            if waiting is not None:
                return waiting
        result = doing.do(self.ctx, self.row, self.contact, node, self.now)
        if result.stop:
            end(self.ctx, self.row, Enrollment.State.STOPPED, result.stop)
            return over(result.stop)
        return self._leave(result.state, message_id=result.message_id, note=result.note)

    def _before_email(self) -> Turn | None:
        """What an email still waits for: a mailbox, its day, its hours, its turns; nothing if it may be sent now."""
        if self._waits_for_mailbox():
            return wait(seconds=UNREAD.total_seconds(), coming=self._name())
        hours = times.window(self.sequence, self.zone)
        if self.row.place_date is None:
            wanted = hours.next_open(self.now).astimezone(_zone(hours.zone)).date()
            self.row.place_date = take_place(self.sequence, wanted)
        opens = times.opening(self.row.place_date, self.now, hours)
        self.row.next_at = opens
        self.row.save(update_fields=["place_date", "next_at", "is_held"])
        if opens > self.now:
            return wait(seconds=self._seconds_left(), coming=self._name())
        if not self.has_slots:
            return wait(
                slots=slots_of(self.sequence, doing.sender_of(self.row, self.contact)), coming=self._name()
            )
        return None

    def _waits_for_mailbox(self) -> bool:
        """Whether an answer could lie in a mailbox that cannot be read: who answered is not written to again."""
        if not self.sequence.stop_on_reply:
            return False
        address = unread_mailbox(doing.sender_of(self.row, self.contact))
        if address:
            note = Phrase(
                "Waits: the mailbox %(address)s cannot be read, and the contact may have answered.",
                address=address,
            )
            here = Visit.objects.filter(enrollment=self.row, state=Visit.State.HERE)
            here.exclude(note=str(note)[:200]).update(note=str(note)[:200])
        return bool(address)

    def _leave(self, state: str, *, message_id: int | None = None, note: str = "") -> Turn:
        leave(self.row, state, self.now, message_id=message_id, note=note)
        if self.row.step is not None:
            self.ctx.audit("enrollment", self.row.pk, {"step": [None, self.row.step.kind]})
        return self.enter_next()

    def enter_next(self) -> Turn:
        """Go to the step that comes next, or end."""
        step = next_step(self.row)
        self.row.is_skipping, self.row.place_date = False, None
        if step is None:
            self.row.step = None
            end(self.ctx, self.row, Enrollment.State.FINISHED)
            return over("finished")
        self.row.step = step
        self.row.next_at = self._due(step)
        self.row.save()
        Visit.objects.create(
            enrollment=self.row, step=step, sequence_id=self.row.sequence_id, entered_at=self.now
        )
        return wait(seconds=self._seconds_left(), coming=self._name())

    def _due(self, step: SequenceStep) -> datetime:
        if step.kind != SequenceStep.Kind.WAIT:
            return self.now
        node = definition.read(step.kind, step.params)
        return times.end_of_wait(node, self.now, times.window(self.sequence, self.zone))

    @property
    def zone(self) -> str:
        """The contact's time zone, found when it is needed."""
        self._zone = self._zone or zone_of_contact(self.ctx.schema, self.contact)
        return self._zone

    def _seconds_left(self) -> float:
        """Until the step is due; a length, so that a replay long after waits for the same."""
        due = self.row.next_at
        return 0.0 if due is None else max(0.0, (due - self.now).total_seconds())

    def _name(self) -> str:
        step = self.row.step
        return "begin" if step is None else f"{step.kind}/{step.pk}"


def enter_first(ctx: Context, row: Enrollment, contact: Contact) -> None:
    """Put a contact who was enrolled this moment at the first step."""
    Place(ctx, row, contact, has_slots=False).enter_next()


def next_step(row: Enrollment) -> SequenceStep | None:
    """The first step behind the present one that the contact has not been at."""
    steps = SequenceStep.objects.filter(sequence=row.sequence_id, removed_at__isnull=True)
    if row.step is not None:
        steps = steps.filter(position__gt=row.step.position)
    seen = Visit.objects.filter(enrollment=row).values("step")
    return steps.exclude(pk__in=seen).order_by("position", "id").first()


def entered_by_deal(row: Enrollment, stage_ids: list[int]) -> bool:
    """Whether a deal of the contact came to one of the stages since they were enrolled."""
    deals = Deal.objects.filter(contact=row.contact_id, archived_at__isnull=True, stage_id__in=stage_ids)
    return deals.filter(stage_entered_at__gt=row.created_at).exists()


def _zone(name: str) -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def over(outcome: str) -> Turn:
    """Nothing comes after this turn."""
    return {"is_over": True, "outcome": outcome, "seconds": 0.0, "is_held": False, "slots": [], "coming": ""}


def wait(
    *, seconds: float = 0.0, is_held: bool = False, slots: list[SlotWanted] | None = None, coming: str
) -> Turn:
    """What the run waits for."""
    return {
        "is_over": False, "outcome": "", "seconds": seconds, "is_held": is_held, "slots": slots or [], "coming": coming,
    }  # fmt: skip
