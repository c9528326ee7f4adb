"""Reading tags."""

from typing import Any, cast

from accounts.permissions import Permission
from crm.records.fields import shows
from crm.segments.models import Tag
from crm.segments.schemas import TagRow
from realtime.functions import Context, Search, query

MOST = 1000


@query(permission=Permission.CONTACT_VIEW)
def list_tags(ctx: Context, *, search: Search = "") -> list[TagRow]:
    """List the tags by name, at most a thousand; ``search`` finds parts of the name."""
    if not shows(ctx, "contact", "tags"):
        return []
    found = Tag.objects.all()
    if search:
        found = found.filter(name__icontains=search)
    rows: Any = list(found.order_by("name", "id").values("id", "name", "color")[:MOST])
    return cast("list[TagRow]", rows)
