"""Tasks by any of their fields: what saved views and POST /tasks/search ask."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.roles.policy import visible_to
from crm.filters.building import OWNED, choice, link, moment, text
from crm.filters.catalogs import Catalog, register
from crm.filters.grammar import Filter
from crm.filters.searching import TimeZone, search_page
from crm.filters.sorting import SortKey
from crm.search.matching import Divided
from crm.tasks.models import Task
from crm.tasks.queries import row_fields
from crm.tasks.schemas import TaskRow
from realtime.functions import Context, Cursor, Limit, Page, Search, query

#: Kinds in words, for filters and pages.
KINDS = (
    ("todo", _("To-do")), ("call", _("Call")), ("email", _("Email")), ("text", _("Text message")),
    ("meeting", _("Meeting")), ("followup", _("Follow-up")),
)  # fmt: skip

CATALOG = register(
    Catalog(
        object="task",
        permission=Permission.TASK_VIEW,
        search="tasks.search_tasks",
        default_sort="due_at",
        walked="-created_at",
        ordered=frozenset({"created_at", "updated_at"}),
        # What is open is a part of its own; a task's contact and deal have few.
        indexed=frozenset({"contact_id", "deal_id", "done_at empty", "due_at overdue"}),
        fields=(
            text("title", _("Title")),
            choice("kind", _("Kind"), KINDS),
            moment("due_at", _("Due"), nullable=True, open_if=Q(done_at__isnull=True)),
            moment("done_at", _("Done"), nullable=True),
            *OWNED,
            link("contact_id", _("Contact"), "contacts"),
            link("deal_id", _("Deal"), "deals"),
        ),
    )
)


@query(permission=Permission.TASK_VIEW)
def search_tasks(
    ctx: Context,
    *,
    filter: Filter | None = None,
    search: Search = "",
    archived: bool = False,
    sort: SortKey = "due_at",
    time_zone: TimeZone = "UTC",
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[TaskRow]:
    """Find the tasks that you may see, open and done, by a filter on any of their fields, in any order.

    The filter is as for contacts; ``search`` finds parts of the title.
    """

    def visible() -> QuerySet[Task, Any]:
        everything = Task.objects.filter(archived_at__isnull=not archived)
        seen = visible_to(ctx, Permission.TASK_VIEW, everything)
        for word in words:
            seen = seen.filter(title__icontains=word)
        return seen

    words = search.split()[:6]
    among = Divided(("task", archived), visible, are_picked=bool(words))
    found: Page[Any] = search_page(
        ctx, CATALOG, among, row_fields,
        filter=filter, sort=sort, time_zone=time_zone, cursor=cursor, limit=limit,
    )  # fmt: skip
    return found
