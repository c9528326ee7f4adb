"""The pool: contacts that nobody owns, and who may take them.

A contact without an owner waits for the members of its team, or for everybody if it has none. Taking one locks its
row, so of several who try at once one gets it; the others learn who.
"""

from datetime import timedelta
from typing import Any

from django.db.models import Q

from accounts.permissions import Access, Permission
from accounts.roles.models import Member
from accounts.roles.policy import acting_member_id, can, scope_of, team_ids_of
from crm.contacts import next_task
from crm.contacts.locking import WORD
from crm.contacts.models import Contact
from crm.contacts.queries import ROW
from crm.contacts.schemas import ContactRow
from crm.records import writes
from crm.records.fields import readable
from crm.records.followers import carry_along
from crm.records.reading import read_page
from crm.records.results import ref
from crm.records.schemas import RecordRef
from realtime.functions import (
    Conflict,
    Context,
    Cursor,
    Id,
    Limit,
    NotFound,
    Page,
    Phrase,
    mutation,
    query,
)

#: For this long, somebody who saw the contact in the pool is told who took it.
TOLD_FOR = timedelta(hours=1)


@query(permission=Permission.CONTACT_CLAIM)
def list_pool(ctx: Context, *, cursor: Cursor | None = None, limit: Limit = 50) -> Page[ContactRow]:
    """List the contacts that nobody owns and that you may take, the newest first."""

    def build() -> Any:
        found = Contact.objects.filter(owner=None, archived_at=None)
        if scope_of(ctx).access(Permission.CONTACT_VIEW) is not Access.ALL:
            found = found.filter(Q(team=None) | Q(team_id__in=team_ids_of(ctx)))
        columns, renamed = readable(ctx, "contact", ROW)
        return found.values(*columns, **renamed)

    order = ("-created_at", "-id")
    rows, next_cursor = read_page(ctx, "pool", build, [], order=order, cursor=cursor, limit=limit)
    return {"data": next_task.only_seen(ctx, rows), "next_cursor": next_cursor}


@mutation(permission=Permission.CONTACT_CLAIM)
def claim_contact(ctx: Context, *, contact_id: Id) -> RecordRef:
    """Take a contact that nobody owns. Conflict, which says who has it, if somebody was faster."""
    me = acting_member_id(ctx)
    found = Contact.objects.select_for_update(of=("self",)).filter(pk=contact_id, archived_at=None)
    contact = found.first()
    if contact is None:
        raise NotFound("There is no contact with this id.")
    if contact.owner_id is not None:
        return _taken(ctx, contact, me)
    if not _is_in_reach(ctx, contact):
        raise NotFound("There is no contact with this id.")
    mine: dict[str, Any] = {"owner_id": me, "team_id": writes.team_of(me)}
    writes.write(ctx, contact, WORD, mine, {"claimed_at": ctx.now})
    carry_along(contact)
    return ref(contact)


def _is_in_reach(ctx: Context, contact: Contact) -> bool:
    """Whether the contact waits for the actor: for everybody, for one of their teams, or they see it anyway."""
    return contact.team_id is None or contact.team_id in team_ids_of(ctx) or _sees(ctx, contact)


def _sees(ctx: Context, contact: Contact) -> bool:
    return can(ctx, Permission.CONTACT_VIEW, contact)


def _taken(ctx: Context, contact: Contact, me: int) -> RecordRef:
    """The contact has an owner: fine if that is the actor; a refusal that names them to who could have taken it."""
    if contact.owner_id == me:
        return ref(contact)
    was_just_claimed = contact.claimed_at is not None and ctx.now - contact.claimed_at < TOLD_FOR
    if not (was_just_claimed or _sees(ctx, contact)):
        raise NotFound("There is no contact with this id.")
    name = Member.objects.values_list("name", flat=True).get(pk=contact.owner_id or 0)
    raise Conflict(Phrase("%(name)s has this contact already.", name=name))
