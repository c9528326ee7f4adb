"""What follows once somebody was taken in: a deal, somebody who is told, a sequence.

What is wrong with the request itself is refused before anything is written. What only this contact stands against,
such as being in the sequence already, is no reason to lose them: it is told in the answer.
"""

from dataclasses import dataclass
from typing import Any

from accounts.models import Tenant
from accounts.permissions import Permission
from accounts.roles.policy import can, member_id_of
from crm.activities.subjects import page_of
from crm.automations.doing import tell_team
from crm.contacts.models import Contact
from crm.deals.models import Deal, Stage
from crm.deals.mutations import create_deal
from crm.intake.schemas import EventDeal, EventEnrolled, Opened, Routed
from crm.notifications.sending import notify
from crm.sequences.enrolling import active_sequence, enroll
from crm.sequences.enrollment_mutations import enroll_contact
from crm.sequences.models import Enrollment, Sequence
from realtime.functions import Conflict, Context, invalid
from realtime.functions.call import permit


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to follow, and may."""

    deal: EventDeal | None
    sequence: Sequence | None


def checked(ctx: Context, deal: EventDeal | None, sequence_id: int | None) -> Plan:
    """What is wished for; Forbidden or InvalidInput for what can't be, whoever the contact is."""
    if deal is not None:
        permit(create_deal, ctx)
        if deal.stage_id is not None and not Stage.objects.filter(pk=deal.stage_id).exists():
            raise invalid("deal.stage_id", "There is no stage with this id.", "unknown_stage")
    if sequence_id is None:
        return Plan(deal, None)
    permit(enroll_contact, ctx)
    sequence = Sequence.objects.filter(pk=sequence_id).first()
    if sequence is None:
        raise invalid("sequence_id", "There is no sequence with this id.", "unknown_sequence")
    return Plan(deal, sequence)


def open_deal(ctx: Context, contact: Contact, wish: EventDeal | None) -> Opened | None:
    """Open the deal with the contact, for the contact's owner, unless an open one of theirs has its title."""
    if wish is None:
        return None
    if not can(ctx, Permission.CONTACT_VIEW, contact):
        detail = "The contact belongs to somebody whose records you may not see."
        return {"id": None, "created": False, "refusal": detail}
    live = Deal.objects.filter(contact=contact, stage__kind=Stage.Kind.OPEN, archived_at=None)
    same = live.filter(title__iexact=wish.title).order_by("id").values_list("pk", flat=True).first()
    if same is not None:
        return {"id": same, "created": False, "refusal": None}
    given: dict[str, Any] = {"title": wish.title, "amount": wish.amount, "stage_id": wish.stage_id}
    given["currency"] = wish.currency or _currency(ctx)
    owner_id = contact.owner_id if ctx.scope.allows(Permission.DEAL_ASSIGN) else None
    deal = create_deal(ctx, **given, contact_id=contact.pk, owner_id=owner_id)
    return {"id": deal["id"], "created": True, "refusal": None}


def _currency(ctx: Context) -> str:
    return str(Tenant.objects.values_list("currency", flat=True).get(schema_name=ctx.schema))


def tell(ctx: Context, contact: Contact, routed: Routed, *, is_new: bool) -> list[int]:
    """Tell the owner, or the team in whose pool the contact waits; answers who was told."""
    if routed["how"] == "pool":
        return tell_team(ctx, contact)
    if contact.owner_id is None:
        return []
    # Whoever was given a contact by somebody else has been told so in that moment.
    was_given = is_new or routed["how"] != "kept"
    if not (was_given and contact.owner_id != member_id_of(ctx)):
        notify(ctx, contact.owner_id, "automation", str(contact), page_of(contact))
    return [contact.owner_id]


def enrol(ctx: Context, contact: Contact, sequence: Sequence | None) -> EventEnrolled | None:
    """Let the contact begin the sequence, if nothing stands against it."""
    if sequence is None:
        return None
    try:
        row = enroll(ctx, active_sequence(sequence.pk), contact, Enrollment.Origin.HAND)
    except Conflict as error:
        return {"sequence_id": sequence.pk, "enrollment_id": None, "refusal": str(error.detail)}
    return {"sequence_id": sequence.pk, "enrollment_id": row.pk, "refusal": None}
