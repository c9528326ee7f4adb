"""Tables of records: headings that sort, cells, and the live region that holds them."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from crm.web import cells
from crm.web.templatetags.live import live
from crm.web.templatetags.remember import remembered
from crm.web.templatetags.ui import icon

register = template.Library()


@register.simple_tag
def heading(column: Any, sort: str, base: str) -> SafeString:
    """A column's heading; a link that sorts by it, the other way round when it does so already."""
    is_current = bool(column.sort) and sort.lstrip("-") == column.sort
    if not column.sort:
        return format_html('<th class="{}">{}</th>', column.classes, column.label)
    descends = sort.startswith("-")
    turned = f"-{column.sort}" if is_current and not descends else column.sort
    if not is_current and (column.sort.endswith("_at") or column.sort == "amount"):
        turned = f"-{column.sort}"  # people look for the newest and the largest first
    arrow = icon("arrow-down" if descends else "arrow-up") if is_current else SafeString("")
    state = SafeString(f' aria-sort="{"descending" if descends else "ascending"}"') if is_current else ""
    return format_html(
        '<th class="{}"{}><a href="{}sort={}">{}{}</a></th>',
        column.classes, state, base, turned, column.label, arrow,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def row_cells(context: Any, table: Any, columns: list[Any], marks: str, row: Any) -> SafeString:
    """A row's cells; what the columns' functions answer is HTML already."""

    def made() -> str:
        found = "".join(
            f'<td{_edits(table, c.key)} class="{c.cell_classes}">{c.cell(row)}</td>' for c in columns
        )
        return f'<td class="pick">{cells.pick(row)}</td>{found}' if table.picks else found

    return SafeString(remembered(context, [table.object, table.picks, bool(table.edits), marks, row], made))


def _edits(table: Any, key: str) -> str:
    """Marks a cell whose field is changed where it stands (cells.js)."""
    return f' data-cell="{key}"' if key in table.edits else ""


@register.simple_tag(takes_context=True)
def live_table(context: template.RequestContext, name: str, listing: Any) -> SafeString:
    """The live table of a list page."""
    found: SafeString = live(context, name, **listing.args)
    return found
