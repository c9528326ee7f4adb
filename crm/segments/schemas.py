"""What goes into and comes out of the functions about tags."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from realtime.functions import Changes, pattern, shape

TagName = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=40,
        pattern=pattern(r"^[^,/\\\x00-\x1f]+$", "Give a name without commas, slashes and line ends."),
    ),
    Field(description="A tag's name: up to 40 characters, without commas and slashes."),
]
TagColor = Literal["gray", "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink"]


@shape
class TagRow(TypedDict):
    """A tag."""

    id: int
    name: str
    color: str


class TagChanges(Changes):
    """What to change about a tag."""

    name: TagName = ""
    color: TagColor = "gray"
