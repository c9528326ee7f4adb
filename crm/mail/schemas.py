"""What goes into and comes out of the mail functions."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from typing_extensions import TypedDict

from crm.files.schemas import FileName, UploadToken
from realtime.functions import Changes, Id, OneLine, pattern, shape

MailDirection = Literal["in", "out"]
DeliveryState = Literal["queued", "sending", "sent", "bounced", "failed", "suppressed"]

Subject = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=200),
    Field(description="One line; merge fields are filled in."),
]
Body = Annotated[
    str, StringConstraints(max_length=50_000), Field(description="Plain text; merge fields are filled in.")
]

FullSubject = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    Field(description="One line, with merge fields."),
]
FullBody = Annotated[
    str,
    StringConstraints(min_length=1, max_length=50_000),
    Field(description="Plain text, with merge fields."),
]
TemplateName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), OneLine]
Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=254,
        pattern=pattern(
            r"^[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+$", "Give an email address, like ada@example.com."
        ),
    ),
    Field(description="An email address; kept in small letters."),
]
Proof = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=500),
    Field(description="How one would show it to somebody who doubts it."),
]
SuppressionReason = Literal["unsubscribe", "bounce", "complaint", "manual"]
#: What somebody may put on the list by hand.
ListedReason = Literal["manual", "complaint", "unsubscribe"]
Host = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        pattern=pattern(r"^[a-zA-Z0-9.:-]{1,253}$", "Give the name of a server, like imap.example.com."),
    ),
    Field(description="The IMAP server's name."),
]
Port = Annotated[int, Field(ge=1, le=65_535)]
#: Without line ends: in IMAP a line is a command.
Username = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=254, pattern=pattern(r"^[^\r\n]*$", "Give this without line ends.")
    ),
]
Password = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=500, pattern=pattern(r"^[^\r\n]*$", "Give this without line ends.")
    ),
    Field(description="Stored encrypted, never shown again."),
]
Security = Literal["tls", "starttls", "none"]
MailboxState = Literal["new", "working", "unreachable", "refused"]
ActivityIds = Annotated[list[Id], Field(max_length=200)]


class NewFile(BaseModel):
    """A stored file to go with a mail."""

    model_config = ConfigDict(strict=True, extra="forbid")

    upload: UploadToken
    filename: FileName


NewFiles = Annotated[
    list[NewFile], Field(max_length=20, description="Files that were stored within the hour.")
]
LeftOut = Annotated[list[Annotated[str, StringConstraints(max_length=200)]], Field(max_length=100)]
FileIds = Annotated[list[Id], Field(max_length=20, description="Files of the contact to go with it.")]


@shape
class MailFile(TypedDict):
    """A file that a mail carries; its bytes are at ``/files/{id}/content``."""

    id: int
    filename: str
    size: int
    content_type: str


@shape
class MessageRow(TypedDict):
    """One mail, in or out. ``state`` and the moments after it are null on mails that came, and on those that a member
    sent in another program. ``left_out`` are names of files that were too large to be taken in. ``opened_at`` and
    ``clicked_at`` are noted only where the firm's settings say so, and if the recipient's program tells. ``error`` is
    the mail server's word, or why it was not sent: binned, no_address, unsubscribe, bounce, complaint, manual, consent,
    bounced."""

    id: int
    thread_id: int
    contact_id: int
    member_id: int | None
    member_name: str | None
    template_id: int | None
    enrollment_id: int | None
    message_id: str
    in_reply_to: str
    direction: MailDirection
    from_address: str
    from_name: str
    to_address: str
    subject: str
    text: str
    is_automatic: bool
    occurred_at: datetime
    state: DeliveryState | None
    error: str | None
    attempts: int | None
    sent_at: datetime | None
    bounced_at: datetime | None
    opened_at: datetime | None
    clicked_at: datetime | None
    files: list[MailFile]
    left_out: list[str]


@shape
class Unsubscribed(TypedDict):
    """Whether the address gets no more mail by its own wish."""

    email: str
    is_unsubscribed: bool


@shape
class Bounced(TypedDict):
    """The address that takes no mail."""

    address: str


@shape
class MessageDetail(MessageRow):
    """One mail with its HTML (cleaned: no scripts, no styles, no remote pictures) and the ids that it refers to."""

    html: str
    reference_ids: list[str]


@shape
class ThreadRow(TypedDict):
    """An email conversation with a contact. ``title`` is its subject, ``snippet`` how its newest mail begins."""

    id: int
    contact_id: int
    contact_name: str | None
    title: str
    snippet: str
    last_message_at: datetime
    unread: bool
    owner_id: int | None
    team_id: int | None
    created_at: datetime
    updated_at: datetime


@shape
class ActivityMailRow(TypedDict):
    """The mail behind an entry of a timeline, and how its delivery fares."""

    id: int
    activity_id: int
    thread_id: int
    subject: str
    state: DeliveryState | None
    error: str | None
    opened_at: datetime | None
    clicked_at: datetime | None


@shape
class TemplateRow(TypedDict):
    """An email template: shared by everybody, or its owner's alone."""

    id: int
    name: str
    subject: str
    body: str
    shared: bool
    owner_id: int | None
    owner_name: str | None
    created_at: datetime
    updated_at: datetime


class TemplateChanges(Changes):
    """Fields of a template to change; those not sent stay."""

    name: TemplateName = ""
    subject: FullSubject = ""
    body: FullBody = ""
    shared: bool = False


@shape
class TemplateDeleted(TypedDict):
    """The template that is gone."""

    id: int


@shape
class MergeField(TypedDict):
    """What a template may hold between double braces."""

    name: str


@shape
class Preview(TypedDict):
    """A mail as the contact would get it."""

    subject: str
    body: str
    missing: list[str]


@shape
class SuppressionRow(TypedDict):
    """An address that gets no email: why, since when, and how that could be shown."""

    id: int
    email: str
    reason: SuppressionReason
    at: datetime
    proof: str
    by_id: int | None
    by_name: str | None


@shape
class SuppressionDeleted(TypedDict):
    """The entry that is gone."""

    id: int


@shape
class MailboxRow(TypedDict):
    """A mailbox that is read over IMAP. ``state``: new (not looked at yet), working, unreachable, refused (the
    server did not let us in: a new password is needed); ``error`` says what the server said. ``reads_sent``: what is
    sent to contacts from another program is shown, too; ``keeps_sent``: what is sent here is put into its Sent
    folder."""

    id: int
    member_id: int
    address: str
    host: str
    port: int
    security: Security
    username: str
    state: MailboxState
    error: str
    reads_sent: bool
    keeps_sent: bool
    checked_at: datetime | None
    created_at: datetime


class MailboxChanges(Changes):
    """How a mailbox is reached; what is not sent stays."""

    host: Host = ""
    port: Port = 993
    security: Security = "tls"
    username: Username = ""
    password: Password = ""
    reads_sent: bool = True
    keeps_sent: bool = False


@shape
class MailboxDeleted(TypedDict):
    """The mailbox that is gone."""

    id: int


@shape
class Received(TypedDict):
    """What became of a mail that came: ``outcome`` is stored, known (it is here already), bounce, unsubscribed (it
    asked for no more of them), or ignored (of nobody whom the firm knows)."""

    outcome: Literal["stored", "known", "bounce", "unsubscribed", "ignored"]
    message_id: int | None


@shape
class Seen(TypedDict):
    """Whether it was noted that a mail was opened, or a link in it followed: once each, where the firm wants it."""

    is_noted: bool
