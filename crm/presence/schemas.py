"""What goes into and comes out of presence."""

from typing import Literal

from typing_extensions import TypedDict

from realtime.functions import shape

Watched = Literal["contact", "company", "deal"]


@shape
class Viewer(TypedDict):
    """A member, as others see them beside a record."""

    member_id: int
    name: str
