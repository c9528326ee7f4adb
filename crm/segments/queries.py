"""Reading tags."""

from typing import cast

from accounts.permissions import Permission
from crm.records.fields import shows
from crm.segments.models import Tag
from crm.segments.schemas import TagRow
from realtime.functions import Context, Search, query
from realtime.reads.fixed import FixedQuery

MOST = 1000


@query(permission=Permission.CONTACT_VIEW)
def list_tags(ctx: Context, *, search: Search = "") -> list[TagRow]:
    """List the tags by name, at most a thousand; ``search`` finds parts of the name."""
    if not shows(ctx, "contact", "tags"):
        return []
    if not search:
        return cast("list[TagRow]", TAGS.dicts())
    found = Tag.objects.filter(name__icontains=search).order_by("name", "id")
    return cast("list[TagRow]", list(found.values("id", "name", "color")[:MOST]))


TAGS = FixedQuery(
    lambda: Tag.objects.order_by("name", "id").values("id", "name", "color")[:MOST], parameters=0
)
