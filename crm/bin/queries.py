"""Reading the bin."""

from datetime import datetime

from django.db.models import F
from typing_extensions import TypedDict

from accounts.permissions import Permission
from accounts.roles.policy import scope_of, visible_to
from crm.bin.kinds import TITLES, BinObject, rows_of, word_of
from realtime.functions import Context, Cursor, Forbidden, Limit, Page, query, shape, take_page


@shape
class BinRow(TypedDict):
    """A record in the bin; ``known_as`` is empty for a contact without a name, the kind for an activity."""

    id: int
    known_as: str
    owner_id: int | None
    owner_name: str | None
    archived_at: datetime


@query(permission=Permission.PROFILE_VIEW)
def list_bin(
    ctx: Context, *, object: BinObject, cursor: Cursor | None = None, limit: Limit = 50
) -> Page[BinRow]:
    """List the records of one kind that are in the bin and that you may restore, the last thrown away first."""
    delete, view = word_of(object, "delete"), word_of(object, "view")
    if not (scope_of(ctx).allows(delete) and scope_of(ctx).allows(view)):
        raise Forbidden("Your role may not restore records of this kind.")
    found = visible_to(ctx, delete, visible_to(ctx, view, rows_of(object)))
    rows, next_cursor = take_page(
        found.values(
            "id", "owner_id", "archived_at", known_as=F(TITLES[object]), owner_name=F("owner__name")
        ),
        order=("-archived_at", "-id"),
        cursor=cursor,
        limit=limit,
    )
    return {"data": rows, "next_cursor": next_cursor}
