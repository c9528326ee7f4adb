"""What steps do that no area's function does by itself; called by the product alone."""

import uuid
from typing import Annotated, Any

from django.conf import settings
from pydantic import Field

from accounts.models import Tenant
from accounts.outbox import queue_email
from accounts.permissions import Permission
from accounts.roles.models import Member, Team, TeamMember
from crm.automations import routing
from crm.automations.definition import Body, Label, Object
from crm.automations.records import KINDS
from crm.automations.schemas import Done
from crm.contacts.locking import lock_contact
from crm.contacts.models import Contact
from crm.mail.models import BY_AUTOMATION
from crm.mail.sending import queue_mail, refusal_in_sight
from crm.notifications.sending import notify
from crm.records import writes
from crm.records.followers import carry_along
from realtime.functions import Context, Id, Line, NotFound, mutation
from realtime.functions.registry import registry

#: How many members of a team are told of a contact in its pool.
MOST_TOLD = 50
Members = Annotated[list[Id], Field(max_length=50)]


@mutation(permission=Permission.SYSTEM)
def notify_members(ctx: Context, *, member_ids: Members, text: Label, link: Line) -> Done:
    """Tell members something about a record; those who are gone are left out."""
    active = Member.objects.filter(pk__in=member_ids, is_active=True).values_list("pk", flat=True)
    for member_id in active.order_by("pk"):
        notify(ctx, member_id, "automation", text, link)
    return {"done": True}


@mutation(permission=Permission.SYSTEM)
def email_contact(ctx: Context, *, contact_id: Id, subject: Label, body: Body) -> Done:
    """Write to a contact from their owner; nothing happens to one who has no address or wants no email."""
    if refusal_in_sight(ctx, contact_id) is not None:
        return {"done": False}
    key = f"{BY_AUTOMATION}{uuid.uuid4().hex}"
    queue_mail(ctx, contact_id=contact_id, subject=subject, body=body, key=key, is_merged=True)
    return {"done": True}


@mutation(permission=Permission.SYSTEM)
def email_member(ctx: Context, *, member_id: Id, subject: Label, body: Body) -> Done:
    """Write to a member."""
    member = Member.objects.filter(pk=member_id, is_active=True).first()
    if member is None:
        return {"done": False}
    _send(ctx, member.email, subject, body, reply_to="")
    return {"done": True}


def _send(ctx: Context, recipient: str, subject: str, body: str, *, reply_to: str) -> None:
    firm = Tenant.objects.filter(schema_name=ctx.schema).values_list("name", flat=True).first() or ""
    values: dict[str, object] = {"body": body, "firm": firm, "site": settings.SITE_URL}
    queue_email(ctx.schema, recipient, subject, "message", values, reply_to=reply_to)


@mutation(permission=Permission.SYSTEM)
def offer_contact(ctx: Context, *, contact_id: Id, team_id: Id | None = None) -> Done:
    """Put a contact into the pool of a team, or of everybody, and tell the team's members that it is there."""
    contact = lock_contact(ctx, contact_id)
    if team_id is not None and not Team.objects.filter(pk=team_id).exists():
        raise NotFound("There is no team with this id.")
    changes = {"owner_id": None, "team_id": team_id}
    changes = {name: value for name, value in changes.items() if getattr(contact, name) != value}
    if not changes:
        return {"done": False}
    writes.write(ctx, contact, "contact", changes)
    carry_along(contact)
    tell_team(ctx, contact)
    return {"done": True}


def tell_team(ctx: Context, contact: Contact) -> list[int]:
    """Tell the members of a contact's team that it waits in their pool; answers whom."""
    found = TeamMember.objects.filter(team=contact.team_id, member__is_active=True).order_by("member_id")
    told = list(found.values_list("member_id", flat=True)[:MOST_TOLD])
    for member_id in told:
        notify(ctx, member_id, "automation", str(contact), "/contacts/pool/")
    return told


@mutation(permission=Permission.SYSTEM)
def give_out(ctx: Context, *, rule_id: Id, object: Object, record_id: Id) -> Done:
    """Assign a record to the member whose turn it is; nothing happens if nobody is there."""
    member_id = routing.next_member(rule_id)
    if member_id is None:
        return {"done": False}
    kind = KINDS[object]
    assign: Any = registry.get(f"{kind.area}.assign_{object}")
    if assign is None:
        raise NotFound
    assign(ctx, **{f"{object}_id": record_id, "owner_id": member_id})
    return {"done": True}
