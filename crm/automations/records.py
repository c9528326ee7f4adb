"""The kinds of record that automations are about: their models, tables and functions, in one place."""

from dataclasses import dataclass
from typing import Any

from crm.automations.definition import Object
from crm.companies.models import Company
from crm.contacts.models import Contact
from crm.deals.models import Deal
from crm.tasks.models import Task


@dataclass(frozen=True, slots=True)
class RecordKind:
    """How one kind of record is read and changed."""

    model: Any
    area: str
    #: The column that names it for people.
    name: str
    page: str

    @property
    def table(self) -> str:
        """The table that its changes are logged under."""
        return str(self.model._meta.db_table)


KINDS: dict[Object, RecordKind] = {
    "contact": RecordKind(Contact, "contacts", "full_name", "/contacts/{}/"),
    "company": RecordKind(Company, "companies", "name", "/companies/{}/"),
    "deal": RecordKind(Deal, "deals", "title", "/deals/{}/"),
    "task": RecordKind(Task, "tasks", "title", "/tasks/{}/"),
}
BY_TABLE: dict[str, Object] = {kind.table: word for word, kind in KINDS.items()}
