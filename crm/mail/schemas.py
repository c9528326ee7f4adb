"""What goes into and comes out of the mail functions."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from realtime.functions import shape

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


@shape
class MessageRow(TypedDict):
    """One mail, in or out. ``state`` and what follows are null on mails that came. ``error`` is the mail server's
    word, or why it was not sent: binned, no_address, unsubscribe, bounce, complaint, manual, consent, bounced."""

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


@shape
class Unsubscribed(TypedDict):
    """Whether the address gets no more mail by its own wish."""

    email: str
    is_unsubscribed: bool


@shape
class Bounced(TypedDict):
    """The address that takes no mail."""

    address: str
