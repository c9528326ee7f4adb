"""What comes out of exporting and erasing a person."""

from datetime import datetime
from typing import Annotated, NotRequired

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from crm.activities.schemas import ActivityRow
from crm.contacts.part_schemas import ConsentRow, ContactProfile
from crm.contacts.schemas import ContactDetail
from crm.fields.schemas import CustomValue
from crm.mail.schemas import MessageRow
from crm.sequences.schemas import EnrollmentRow
from crm.tasks.schemas import TaskRow
from realtime.functions import shape

ConfirmedName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300),
    Field(
        description="The contact's name as it is shown: without a name the email address, else the phone number."
    ),
]


@shape
class DealTitle(TypedDict):
    """A deal that the person has a part in."""

    id: int
    title: NotRequired[str]
    status: NotRequired[str]


@shape
class FileName(TypedDict):
    """A file on the person; its bytes are ``GET /files/{id}/content``."""

    id: int
    filename: str
    size: int
    created_at: datetime
    archived_at: datetime | None


@shape
class SubmissionOfPerson(TypedDict):
    """What the person wrote into a form."""

    id: int
    form_name: str
    at: datetime
    consented: bool
    page: str
    values: dict[str, CustomValue]


@shape
class PersonExport(TypedDict):
    """All that is held on a person, as far as the role sees it; a part that it may not see is absent.

    Rows in the bin are there too, with ``archived_at``. ``cut`` names the parts that were longer than 10,000 rows.
    """

    exported_at: datetime
    contact: ContactDetail
    profile: ContactProfile
    consents: list[ConsentRow]
    timeline: NotRequired[list[ActivityRow]]
    files: NotRequired[list[FileName]]
    mail: NotRequired[list[MessageRow]]
    tasks: NotRequired[list[TaskRow]]
    deals: NotRequired[list[DealTitle]]
    enrollments: NotRequired[list[EnrollmentRow]]
    form_submissions: NotRequired[list[SubmissionOfPerson]]
    cut: list[str]


@shape
class Erased(TypedDict):
    """How much went with the person, and what stays on deals without them.

    Of ``audit_entries`` the values were dropped; ``deal_activities`` lost their texts, ``deals`` their link.
    ``deal_files`` stay as they are: look at them.
    """

    id: int
    activities: int
    tasks: int
    files: int
    mails: int
    enrollments: int
    form_submissions: int
    consents: int
    runs: int
    notifications: int
    audit_entries: int
    deals: int
    deal_activities: int
    deal_files: int
