"""The list of addresses that get no mail: read, added to and taken from by hand."""

from typing import Any, cast

from django.db.models import F

from accounts.permissions import Permission
from accounts.roles.policy import member_id_of
from crm.contacts.models import EmailAddress
from crm.mail.models import Suppression
from crm.mail.schemas import Email, ListedReason, Proof, SuppressionDeleted, SuppressionRow
from crm.mail.unsubscribing import suppress
from realtime.functions import (
    Conflict,
    Context,
    Cursor,
    Id,
    Limit,
    NotFound,
    Page,
    Search,
    mutation,
    query,
    take_page,
)

MANAGE = Permission.SUPPRESSION_MANAGE
COLUMNS = ("id", "email", "reason", "at", "proof", "by_id")


@query(permission=MANAGE)
def list_suppressions(
    ctx: Context, *, search: Search = "", cursor: Cursor | None = None, limit: Limit = 50
) -> Page[SuppressionRow]:
    """List the addresses that get no email, the newest first; ``search`` finds how an address begins."""
    found = Suppression.objects.all()
    if search:
        found = found.filter(email__startswith=search.lower())
    values = found.values(*COLUMNS, by_name=F("by__name"))
    rows, next_cursor = take_page(values, order=("-at", "-id"), cursor=cursor, limit=limit)
    return {"data": rows, "next_cursor": next_cursor}


@mutation(permission=MANAGE)
def create_suppression(
    ctx: Context, *, email: Email, reason: ListedReason = "manual", proof: Proof = ""
) -> SuppressionRow:
    """Send nothing to an address any more; what is queued is stopped. Conflict if it is on the list already."""
    if not suppress(ctx, email, reason, proof, member_id_of(ctx)):
        raise Conflict("This address is on the list already.")
    rows: Any = Suppression.objects.filter(email=email).values(*COLUMNS, by_name=F("by__name"))
    return cast("SuppressionRow", rows.get())


@mutation(permission=MANAGE)
def delete_suppression(ctx: Context, *, suppression_id: Id) -> SuppressionDeleted:
    """Take an address off the list, and forget that mail to it bounced.

    What its contacts said stays: note a new consent on a contact who wants email again.
    """
    row = Suppression.objects.select_for_update().filter(pk=suppression_id).first()
    if row is None:
        raise NotFound("There is no such address on the list.")
    EmailAddress.objects.filter(address=row.email, bounced_at__isnull=False).update(bounced_at=None)
    ctx.audit("suppression", row.pk, {"email": [row.email, None], "reason": [row.reason, None]})
    row.delete()
    return {"id": suppression_id}
