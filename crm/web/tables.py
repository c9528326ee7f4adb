"""The tables of records: which columns they can show, in which order, and which they show unless one chooses others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.permissions import Permission
from accounts.roles.fields import is_hidden
from accounts.roles.policy import scope_of
from crm.companies.searching import search_companies
from crm.contacts.searching import search_contacts
from crm.deals.searching import search_deals
from crm.fields.definitions import Definition, shown_definitions
from crm.filters.catalogs import Catalog, catalog_of
from crm.filters.grammar import AllOf, Condition
from crm.records.custom import PREFIX
from crm.tasks.searching import search_tasks
from crm.web import cells
from crm.web.cells import Cell
from crm.web.choices import member_choices
from realtime.functions import Context
from realtime.functions.registry import AnyFunction


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, what stands in its cells, and how much it is needed where there is little room."""

    key: str
    label: Any
    cell: Cell
    classes: str = ""
    #: The field to sort by, "" for none.
    sort: str = ""
    #: What its cells depend on besides the row.
    depends: str = ""

    @property
    def mark(self) -> str:
        """Equal for columns whose cells are equal for equal rows."""
        return f"{self.key} {self.classes} {self.depends}"

    @property
    def cell_classes(self) -> str:
        """The classes of a cell: widths are the heading's."""
        return " ".join(word for word in self.classes.split() if not word.startswith("w-"))


@dataclass(frozen=True)
class Table:
    """The table of one kind of record; ``place`` and ``new`` are names of addresses."""

    object: str
    place: str
    record: str
    new: str
    search: AnyFunction
    create: Permission
    columns: tuple[Column, ...]
    default: tuple[str, ...]
    #: Whether rows can be chosen, for what is done with several at once: a role may be allowed none of that.
    picks: bool = True
    #: Columns whose fields are changed where they stand.
    edits: frozenset[str] = frozenset()

    @property
    def catalog(self) -> Catalog:
        """What it can be filtered by."""
        return catalog_of(self.object)

    @property
    def bulk(self) -> str:
        """The name of the address of what is done with several rows at once."""
        return f"{self.object}_bulk"


def _column(key: str, label: Any, cell: Cell, classes: str = "", sort: str | None = None) -> Column:
    return Column(key, label, cell, classes, key if sort is None else sort)


#: A narrow column: other languages shorten it.
_CLOSE = pgettext_lazy("column", "Expected close")
_OWNER = _column("owner_id", _("Owner"), cells.owner, "w-mid mid")
_TIMES = (
    _column("created_at", _("Added"), cells.moment("created_at"), "w-mid low"),
    _column("updated_at", _("Changed"), cells.moment("updated_at"), "w-mid low"),
)
CONTACTS = Table(
    "contact", "contacts", "contact", "contact_new", search_contacts, Permission.CONTACT_CREATE,
    (
        _column("full_name", _("Name"), cells.person, "w-name at-1"),
        _column("stage_id", _("Stage"), cells.stage, "w-slim at-2"),
        _column("company_id", _("Company"), cells.company, "w-wide mid at-3"),
        _column("email", _("Email"), cells.text("email"), "w-wide low muted"),
        _column("phone", _("Phone"), cells.text("phone"), "w-mid low least num muted", ""),
        _OWNER,
        _column("last_activity_at", _("Last activity"), cells.moment("last_activity_at"), "w-mid right quiet at-4"),
        _column("next_task_due_at", _("Next task"), cells.next_task, "w-mid low least"),
        _column("source", _("Source"), cells.text("source"), "w-mid low muted"),
        _column("tags", _("Tags"), cells.tags, "w-wide low", ""),
        _column("job_title", _("Job title"), cells.text("job_title"), "w-mid low muted"),
        _column("price", _("Price"), cells.price, "w-slim right num low"),
        *_TIMES,
    ),
    ("full_name", "stage_id", "company_id", "email", "phone", "owner_id", "next_task_due_at", "last_activity_at"),
    edits=frozenset({"stage_id", "company_id", "owner_id", "email", "phone", "source", "job_title", "price"}),
)  # fmt: skip
COMPANIES = Table(
    "company", "companies", "company", "company_new", search_companies, Permission.COMPANY_CREATE,
    (
        _column("name", _("Name"), cells.firm, "w-name at-1"),
        _column("domain", _("Domain"), cells.domain, "w-wide mid at-3"),
        _column("industry", _("Industry"), cells.text("industry"), "w-mid mid muted"),
        _column("city", _("City"), cells.text("city"), "w-mid low muted at-4"),
        _column("phone", _("Phone"), cells.text("phone"), "w-mid low num muted", ""),
        replace(_OWNER, classes="w-mid at-2"),
        *_TIMES,
    ),
    ("name", "domain", "industry", "city", "phone", "owner_id"),
)  # fmt: skip
DEALS = Table(
    "deal", "deals", "deal", "deal_new", search_deals, Permission.DEAL_CREATE,
    (
        _column("title", _("Title"), cells.title("deal"), "w-name at-1"),
        _column("amount", _("Amount"), cells.amount, "w-thin right num strong at-2"),
        _column("stage_id", _("Stage"), cells.deal_stage, "w-slim at-4"),
        _column("contact_id", _("Contact"), cells.contact, "w-mid mid at-3", ""),
        _column("company_id", _("Company"), cells.company, "w-mid low", ""),
        _column("close_date", _CLOSE, cells.day("close_date"), "w-thin low num muted"),
        _OWNER,
        _column("stage_entered_at", _("In stage since"), cells.moment("stage_entered_at"), "w-slim right quiet low"),
        _column("closed_at", _("Closed"), cells.moment("closed_at"), "w-slim low quiet"),
        _column("lost_reason_id", _("Lost reason"), cells.text("lost_reason_name"), "w-mid low muted", ""),
        *_TIMES,
    ),
    ("title", "amount", "stage_id", "contact_id", "close_date", "owner_id", "stage_entered_at"),
)  # fmt: skip
TASKS = Table(
    "task", "tasks", "task", "task_new", search_tasks, Permission.TASK_CREATE,
    (
        _column("title", _("Title"), cells.title("task"), "w-name at-1"),
        _column("due_at", _("Due"), cells.when("due_at"), "w-mid at-2"),
        _column("kind", _("Kind"), cells.kind, "w-slim mid"),
        _column("contact_id", _("Contact"), cells.contact, "w-mid mid at-3", ""),
        replace(_OWNER, label=_("For"), classes="w-mid at-4"),
        _column("done_at", _("Done"), cells.moment("done_at"), "w-mid low quiet"),
        *_TIMES,
    ),
    ("title", "due_at", "kind", "contact_id", "owner_id", "done_at"),
)  # fmt: skip
#: What a table begins with, where that is not everything: what is open.
USUAL = {
    "deal": AllOf(all=[Condition(field="status", op="is", value="open")]),
    "task": AllOf(all=[Condition(field="done_at", op="empty")]),
}
TABLES = {table.object: table for table in (CONTACTS, COMPANIES, DEALS, TASKS)}

RIGHT = ("number", "currency")
UNSORTABLE = ("choices", "long_text", "member")


def offered_columns(ctx: Context, table: Table) -> list[Column]:
    """All columns that the role may see, custom fields after the others."""
    hidden = scope_of(ctx).hidden_fields(table.object)
    known = [column for column in table.columns if not is_hidden(_rule(column.key), hidden)]
    customs = list(shown_definitions(table.object, hidden).values())
    names = dict(member_choices(ctx)) if any(each.type == "member" for each in customs) else {}
    return [*known, *(_custom_column(definition, names) for definition in customs)]


def _rule(key: str) -> str:
    return "next_task" if key == "next_task_due_at" else key


def shown_columns(ctx: Context, table: Table, chosen: Sequence[str]) -> list[Column]:
    """The chosen columns in their order, as far as there are any; those of the table if none was chosen."""
    wanted = [key for key in chosen or table.default if key.isidentifier() or key.startswith(PREFIX)]
    if any(key.startswith(PREFIX) for key in wanted):
        known = {column.key: column for column in offered_columns(ctx, table)}
    else:
        hidden = scope_of(ctx).hidden_fields(table.object)
        known = {c.key: c for c in table.columns if not is_hidden(_rule(c.key), hidden)}
    found = [known[key] for key in dict.fromkeys(wanted) if key in known]
    first = table.columns[0]
    if first not in found:
        found.insert(0, first)
    return found if not chosen or tuple(chosen) == table.default else _placed(found)


def _placed(columns: list[Column]) -> list[Column]:
    """Columns that somebody chose: none of them goes where there is little room; on a phone the first four stay."""
    kept = ("num", "right", "muted", "quiet", "strong")
    return [
        replace(column, classes=" ".join([w for w in column.classes.split() if w in kept] + _place(index)))
        for index, column in enumerate(columns)
    ]


def _place(index: int) -> list[str]:
    return [f"at-{index + 1}"] if index < 4 else []


def _custom_column(definition: Definition, names: dict[int, str]) -> Column:
    key = f"{PREFIX}{definition.key}"
    classes = "w-mid low right num" if definition.type in RIGHT else "w-mid low"
    sort = "" if definition.type in UNSORTABLE else key
    if definition.type == "member":
        return Column(key, definition.label, cells.member(definition, names), classes, sort, str(names))
    return Column(key, definition.label, cells.custom(definition), classes, sort, str(definition))
