"""What stands in a table's cells: one short function a column, from a query's row to HTML.

A page of a table has hundreds of cells, so these write HTML by hand; everything that people typed is escaped.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.html import escape
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from crm.fields.definitions import Definition
from crm.tasks import searching as tasks
from crm.web.templatetags import ui
from crm.web.words import person_name, record_name

Row = Mapping[str, Any]
Cell = Callable[[Row], str]

KINDS = dict(tasks.KINDS)


def text(name: str) -> Cell:
    """A text as it is."""
    return lambda row: escape(row.get(name) or "")


def moment(name: str) -> Cell:
    """A time, as long ago."""
    return lambda row: ui.time_ago(row[name]) if row.get(name) else ""


def when(name: str) -> Cell:
    """A time by the calendar."""
    return lambda row: escape(date_format(localtime(row[name]), "DATETIME_FORMAT")) if row.get(name) else ""


def day(name: str) -> Cell:
    """A date."""
    return lambda row: escape(date_format(row[name], "DATE_FORMAT")) if row.get(name) else ""


def pick(row: Row) -> str:
    """The box that chooses a record for what is done with several at once."""
    said = escape(_("Choose %(name)s") % {"name": record_name(row)})
    return f'<input class="box" type="checkbox" value="{row["id"]}" data-pick aria-label="{said}">'


def person(row: Row) -> str:
    """A contact, leading to their page."""
    name = person_name(row)
    return (
        f'<span class="who">{ui.avatar(name, "lead")}<a class="row-link truncate" '
        f'href="{_address("contact", row["id"])}">{escape(name)}</a></span>'
    )


def firm(row: Row) -> str:
    """A company, leading to its page."""
    return (
        f'<span class="who">{ui.avatar(row["name"], "square lead")}<a class="row-link truncate" '
        f'href="{_address("company", row["id"])}">{escape(row["name"])}</a></span>'
    )


def title(place: str) -> Cell:
    """A deal or a task, leading to its page."""
    return lambda row: f'<a class="row-link" href="{_address(place, row["id"])}">{escape(row["title"])}</a>'


def company(row: Row) -> str:
    """The company that a record belongs to, where it is in sight."""
    if not row.get("company_id") or row.get("company_name") is None:
        return ""
    return f'<a href="{_address("company", row["company_id"])}">{escape(row["company_name"])}</a>'


def contact(row: Row) -> str:
    """The contact that a record is about, where they are in sight."""
    if not row.get("contact_id") or row.get("contact_name") is None:
        return ""
    return f'<a href="{_address("contact", row["contact_id"])}">{escape(row["contact_name"] or _("No name"))}</a>'


def domain(row: Row) -> str:
    """A company's site."""
    if not row.get("domain"):
        return ""
    name = escape(row["domain"])
    return f'<a class="muted" href="https://{name}" rel="noopener noreferrer" target="_blank">{name}</a>'


def stage(row: Row) -> str:
    """A contact's stage."""
    return ui.stage(row.get("stage_name"), row.get("stage_id"))


def deal_stage(row: Row) -> str:
    """A deal's stage."""
    return ui.deal_stage(row["stage_name"], row["stage_id"], row["status"])


def owner(row: Row) -> str:
    """The member whose record it is."""
    return ui.who(row["owner_name"])


def amount(row: Row) -> str:
    """A deal's amount in its currency."""
    return ui.money(row.get("amount"), row.get("currency") or "USD")


def price(row: Row) -> str:
    """What a contact wants to spend."""
    return escape(number_format(row["price"], force_grouping=True)) if row.get("price") is not None else ""


def next_task(row: Row) -> str:
    """A contact's next task and when it is due."""
    if not row.get("next_task"):
        return ""
    due = (
        f'<span class="small quiet">{ui.time_ago(row["next_task_due_at"])}</span>'
        if row["next_task_due_at"]
        else ""
    )
    return f'<span class="who-text"><span class="truncate">{escape(row["next_task"])}</span>{due}</span>'


def tags(row: Row) -> str:
    """A contact's tags."""
    return "".join(f'<span class="badge">{escape(tag)}</span> ' for tag in row.get("tags") or ())


def kind(row: Row) -> str:
    """What a task is."""
    return escape(KINDS.get(row.get("kind", ""), row.get("kind", "")))


def custom(definition: Definition) -> Cell:
    """A custom field."""
    shown = SHOWN.get(definition.type, _plain)

    def cell(row: Row) -> str:
        value = row["custom"].get(definition.key)
        return "" if value is None else shown(definition, value)

    return cell


def member(definition: Definition, names: Mapping[int, str]) -> Cell:
    """A custom field that holds a member; one who is not active any more goes by number."""

    def cell(row: Row) -> str:
        value = row["custom"].get(definition.key)
        return "" if value is None else ui.who(names.get(value, f"#{value}"))

    return cell


def _plain(_definition: Definition, value: Any) -> str:
    return escape(value)


def _number(_definition: Definition, value: Any) -> str:
    return escape(number_format(value, force_grouping=True))


def _money(definition: Definition, value: Any) -> str:
    return ui.money(value, definition.currency) if definition.currency else _number(definition, value)


def _date(_definition: Definition, value: Any) -> str:
    return escape(date_format(date.fromisoformat(value), "DATE_FORMAT"))


def _datetime(_definition: Definition, value: Any) -> str:
    return escape(date_format(localtime(datetime.fromisoformat(value)), "DATETIME_FORMAT"))


def _yes_no(_definition: Definition, value: Any) -> str:
    return escape(_("Yes") if value else _("No"))


def _choice(definition: Definition, value: Any) -> str:
    return f'<span class="badge">{escape(definition.options.get(value, value))}</span>'


def _choices(definition: Definition, value: Any) -> str:
    return " ".join(_choice(definition, each) for each in value)


def _url(_definition: Definition, value: Any) -> str:
    shown = escape(str(value).partition("://")[2] or value)
    return f'<a class="muted" href="{escape(value)}" rel="noopener noreferrer" target="_blank">{shown}</a>'


def _email(_definition: Definition, value: Any) -> str:
    return f'<a class="muted" href="mailto:{escape(value)}">{escape(value)}</a>'


SHOWN: dict[str, Callable[[Definition, Any], str]] = {
    "number": _number,
    "currency": _money,
    "date": _date,
    "datetime": _datetime,
    "yes_no": _yes_no,
    "choice": _choice,
    "choices": _choices,
    "url": _url,
    "email": _email,
}
_bases: dict[str, str] = {}


def _address(place: str, pk: int) -> str:
    """A record's page; reversing hundreds of addresses a page would cost more than the query."""
    base = _bases.get(place)
    if base is None:
        base = _bases[place] = reverse(place, args=[0]).removesuffix("0/")
    return f"{base}{pk}/"
