"""What goes into and comes out of the notifications' functions."""

from datetime import datetime
from typing import Literal

from typing_extensions import TypedDict

from realtime.functions import shape

NotificationKind = Literal["mention", "assigned", "reminder", "automation", "trouble", "mail"]


@shape
class NotificationRow(TypedDict):
    """Something that you were told: by whom, about what (its title), and the path of its page."""

    id: int
    kind: NotificationKind
    title: str
    link: str
    actor_id: int | None
    actor_name: str | None
    created_at: datetime
    read_at: datetime | None


@shape
class UnreadCount(TypedDict):
    """How many notifications wait unread; 100 stands for more than 99."""

    unread: int


@shape
class PreferenceRow(TypedDict):
    """Whether you are told by email, too."""

    kind: NotificationKind
    by_email: bool
