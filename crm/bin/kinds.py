"""The kinds of records that wait in the bin, and what each is called there."""

from typing import Any, Literal

from accounts.permissions import Permission
from crm.activities.models import Activity
from crm.companies.models import Company
from crm.contacts.models import Contact
from crm.deals.models import Deal
from crm.files.models import Attachment
from crm.records.models import Record
from crm.tasks.models import Task

BinObject = Literal["contact", "company", "deal", "task", "activity", "attachment"]
MODELS: dict[str, type[Record]] = {
    "contact": Contact,
    "company": Company,
    "deal": Deal,
    "task": Task,
    "activity": Activity,
    "attachment": Attachment,
}
#: The column that a row is known by; never one that a role may hide.
TITLES = {
    "contact": "full_name", "company": "name", "deal": "title", "task": "title", "activity": "kind",
    "attachment": "filename",
}  # fmt: skip


def word_of(object: str, verb: str) -> Permission:
    """The permission word about the kind: ``contact.delete``. Files are seen and thrown away as activities are."""
    return Permission(f"{'activity' if object == 'attachment' else object}.{verb}")


def rows_of(object: str) -> Any:
    """Everything of the kind that is in the bin."""
    return MODELS[object]._default_manager.filter(archived_at__isnull=False)
