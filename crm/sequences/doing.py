"""What steps do: an email, a task, a note. A step that is refused is noted as failed, and the contact goes on."""

from dataclasses import dataclass
from datetime import datetime
from functools import singledispatch
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.roles.models import Member
from crm.activities.mutations import create_activity
from crm.contacts.models import Contact
from crm.mail.merging import merge, values_for
from crm.mail.refusals import REFUSALS
from crm.mail.sending import queue_mail
from crm.sequences import definition
from crm.sequences.models import Enrollment, Visit
from crm.sequences.zones import firm_zone
from crm.tasks.mutations import create_task
from realtime.functions import Context, FunctionError

#: Refusals of an email that end the sequence; after the others (no address, mail came back) it goes on.
ENDING = {
    "binned": Enrollment.StopReason.BINNED,
    "unsubscribe": Enrollment.StopReason.UNSUBSCRIBED,
    "complaint": Enrollment.StopReason.UNSUBSCRIBED,
    "manual": Enrollment.StopReason.UNSUBSCRIBED,
    "consent": Enrollment.StopReason.UNSUBSCRIBED,
}


@dataclass(frozen=True, slots=True)
class Result:
    """How a step ended: the state of its visit, the mail that it wrote, why it failed, or what it ends."""

    state: str = Visit.State.DONE
    message_id: int | None = None
    note: str = ""
    stop: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """What a step is done with."""

    ctx: Context
    row: Enrollment
    contact: Contact
    now: datetime


def sender_of(row: Enrollment, contact: Contact) -> int | None:
    """Who writes: the sequence's sender, else the contact's owner; nobody who has left."""
    wanted = [pk for pk in (row.sequence.sender_id, contact.owner_id) if pk is not None]
    active = set(Member.objects.filter(pk__in=wanted, is_active=True).values_list("pk", flat=True))
    return next((pk for pk in wanted if pk in active), None)


def do(ctx: Context, row: Enrollment, contact: Contact, node: Any, now: datetime) -> Result:
    """Do a step in a savepoint: a refusal undoes what it wrote."""
    noted = len(ctx.notes)
    try:
        with transaction.atomic():
            return perform(node, Work(ctx, row, contact, now))
    except FunctionError as error:
        del ctx.notes[noted:]
        return Result(Visit.State.FAILED, note=str(error.detail or error.title))


@singledispatch
def perform(node: Any, work: Work) -> Result:
    """Do one step."""
    raise TypeError(type(node))


@perform.register
def _email(node: definition.Email, work: Work) -> Result:
    message = queue_mail(
        work.ctx,
        contact_id=work.contact.pk,
        subject=node.subject,
        body=node.body,
        template_id=node.template_id,
        sender_member_id=sender_of(work.row, work.contact),
        enrollment_id=work.row.pk,
        key=f"enrollment-{work.row.pk}-step-{work.row.step_id}",
    )
    if message["state"] != "suppressed":
        return Result(Visit.State.SENT, message["id"])
    why = message["error"] or ""
    if why in ENDING:
        return Result(stop=ENDING[why])
    return Result(Visit.State.FAILED, message["id"], note=str(REFUSALS.get(why, why)))


@perform.register
def _task(node: definition.Task, work: Work) -> Result:
    owner_id = _assignee(node, work)
    if owner_id is None:
        return Result(Visit.State.FAILED, note="The contact has no owner to give the task to.")
    args: dict[str, Any] = {
        "title": _merged(node.title, work)[:200] or "–",
        "owner_id": owner_id,
        "contact_id": work.contact.pk,
    }
    if node.due_days is not None:
        today = work.now.astimezone(ZoneInfo(firm_zone(work.ctx.schema))).date()
        args["due_date"] = today.fromordinal(today.toordinal() + node.due_days)
    create_task(work.ctx, **args)
    return Result()


def _assignee(node: definition.Task, work: Work) -> int | None:
    if isinstance(node.assignee, int):
        return node.assignee
    if node.assignee == "sender":
        return sender_of(work.row, work.contact)
    return work.contact.owner_id


@perform.register
def _note(node: definition.Note, work: Work) -> Result:
    create_activity(work.ctx, kind="note", contact_id=work.contact.pk, body=_merged(node.body, work) or "–")
    return Result()


def _merged(text: str, work: Work) -> str:
    """The text with the contact's, the sender's and the firm's fields in it."""
    sender_id = sender_of(work.row, work.contact)
    sender = Member.objects.filter(pk=sender_id).first() if sender_id is not None else None
    return merge(text, values_for(work.ctx, work.contact, sender)).text.strip()
