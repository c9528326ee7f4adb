"""Live regions of the tables of records, and of the views above them."""

from dataclasses import replace
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

from django.utils import timezone
from pydantic import Field

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.filters.grammar import Filter
from crm.filters.sorting import SortKey
from crm.segments.view_queries import list_views
from crm.segments.view_schemas import Columns, ViewObject
from crm.web.bulk_actions import offered_actions
from crm.web.pages import ask, trail_pages
from crm.web.tables import COMPANIES, CONTACTS, DEALS, TABLES, TASKS, USUAL, Table, shown_columns
from realtime.functions import Context, Cursor, Id, Search
from realtime.live.fragments import fragment

Sort = SortKey | Literal[""]
Address = Annotated[str, Field(max_length=12_000)]


def _allowed(ctx: Context, table: Table, archived: bool) -> Table:
    """The table without what the actor would only be refused: boxes to choose rows by, cells to change."""
    may_edit = scope_of(ctx).allows(Permission.CONTACT_EDIT)
    return replace(
        table,
        picks=bool(offered_actions(ctx, table.object, archived)),
        edits=table.edits if may_edit else frozenset(),
    )


def _register(name: str, table: Table, template: str) -> None:
    @fragment(name, template=template)
    def body(
        ctx: Context,
        *,
        search: Search = "",
        filter: Filter | None = None,
        columns: Columns | None = None,
        sort: Sort = "",
        archived: bool = False,
        cursor: Cursor | None = None,
        trail: str = "",
        address: Address = "",
    ) -> dict[str, Any]:
        """A page of the table with its pager; ``address`` is the page's, without the place in the list."""
        order = sort or table.catalog.default_sort
        found = ask(
            ctx, table.search, search=search, filter=filter, sort=order, archived=archived, cursor=cursor,
            time_zone=timezone.get_current_timezone_name(),
        )  # fmt: skip
        shown = shown_columns(ctx, table, columns or ())
        asked = {**dict(parse_qsl(address, keep_blank_values=True)), "cursor": cursor}
        return {
            "table": _allowed(ctx, table, archived),
            "rows": found["data"],
            "columns": shown,
            "marks": "|".join(column.mark for column in shown),
            "is_chosen": bool(columns) and tuple(columns or ()) != table.default,
            "pages": trail_pages(asked, found["next_cursor"], trail),
            "sort": order,
            "within": found.get("within"),
            "looks_on": "within" in found and found["next_cursor"] is not None,
            "is_filtered": bool(search or (filter and filter != USUAL.get(table.object))),
            "archived": archived,
            "may_create": scope_of(ctx).allows(table.create),
        }


_register("contacts/table", CONTACTS, "contacts/_table.html")
_register("companies/table", COMPANIES, "companies/_table.html")
_register("deals/table", DEALS, "deals/_table.html")
_register("tasks/table", TASKS, "tasks/_table.html")


@fragment("views/tabs", template="views/_tabs.html")
def view_tabs(ctx: Context, *, object: ViewObject, current: Id | None = None) -> dict[str, Any]:
    """The views above a table: pinned ones as tabs, the others in a menu."""
    rows: list[Any] = ask(ctx, list_views, object=object)
    tabs = [row for row in rows if row["is_pinned"] or row["id"] == current]
    return {
        "table": TABLES[object],
        "tabs": tabs,
        "others": [row for row in rows if row not in tabs],
        "current": current,
    }
