"""Enrolling all contacts that a filter chooses, in the background, as the member who asked for it sees them."""

from typing import Any

from pydantic import TypeAdapter

from accounts.actor import member_context
from accounts.permissions import Permission
from accounts.roles.policy import visible_to
from crm.contacts.models import Contact
from crm.filters.catalogs import Finder, catalog_of
from crm.filters.grammar import Filter
from crm.filters.searching import filtered, zone_of
from crm.sequences.crowds import enroll_all, first_step_of
from crm.sequences.models import Intake, Sequence
from crm.sequences.schemas import Chunk
from crm.sequences.zones import firm_zone
from realtime.functions import Context, FunctionError, Id, mutation

#: Contacts of one transaction, which holds them and the sequence's figures until it commits.
CHUNK = 100
FILTER: TypeAdapter[Any] = TypeAdapter(Filter)


def chosen_contacts(ctx: Context, filter: Any) -> Any:
    """The contacts that a filter admits among those that the actor may change; InvalidInput for a wrong filter."""
    live = Contact.objects.filter(archived_at=None)
    seen = visible_to(ctx, Permission.CONTACT_EDIT, visible_to(ctx, Permission.CONTACT_VIEW, live))
    zone = zone_of(firm_zone(ctx.schema))
    return filtered(ctx, Finder(ctx, catalog_of("contact")), seen, filter, zone)


@mutation(permission=Permission.SYSTEM)
def take_in_chunk(ctx: Context, *, intake_id: Id) -> Chunk:
    """Enrol the next contacts of an intake; ends it when there are no more, or when it can't go on."""
    row = (
        Intake.objects.select_for_update(of=("self",)).select_related("sequence", "member").get(pk=intake_id)
    )
    if row.finished_at is not None:
        return {"more": False}
    actor = member_context(ctx.schema, row.member, request_id=ctx.request_id)
    try:
        ids = _next_ids(actor, row)
    except FunctionError as error:
        return _finish(ctx, row, str(error.detail or error.title))
    enrolled = enroll_all(actor, row.sequence, ids, again=row.again) if ids else 0
    ctx.notes.extend(actor.notes)
    row.found, row.enrolled = row.found + len(ids), row.enrolled + enrolled
    row.passed_over += len(ids) - enrolled
    row.after_id = ids[-1] if ids else row.after_id
    if len(ids) < CHUNK:
        return _finish(ctx, row, "")
    row.save()
    return {"more": True}


def _next_ids(actor: Context, row: Intake) -> list[int]:
    is_open = row.sequence.state == Sequence.State.ACTIVE and first_step_of(row.sequence_id) is not None
    if not is_open or not row.member.is_active:
        return []
    found = chosen_contacts(actor, FILTER.validate_python(row.filter)).filter(pk__gt=row.after_id)
    return list(found.order_by("pk").values_list("pk", flat=True)[:CHUNK])


def _finish(ctx: Context, row: Intake, error: str) -> Chunk:
    row.finished_at, row.error = ctx.now, error[:400]
    row.save()
    return {"more": False}
