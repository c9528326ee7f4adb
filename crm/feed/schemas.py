"""What goes into and comes out of the change feed."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict

from realtime.functions import shape


def _split(value: object) -> object:
    """``contacts,deals`` is as good as naming the argument twice."""
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        return value
    return [word for text in value for word in text.split(",")]


Table = Literal[
    "contacts", "companies", "deals", "tasks", "activities", "files", "tags", "lead_sources", "contact_stages",
    "pipelines", "stages", "lost_reasons", "members", "teams", "deal_contacts", "deal_members",
]  # fmt: skip
Tables = Annotated[
    list[Table],
    BeforeValidator(_split),
    Field(max_length=40, description="Which tables; none means all."),
]
Position = Annotated[
    str, Field(max_length=8000, description="The cursor of the page before; none begins from nothing.")
]
FeedLimit = Annotated[int, Field(ge=1, le=1000, description="About this many changes a page.")]


@shape
class RowChange(TypedDict):
    """What became of one row. ``reset``: drop all rows of the table, they follow anew."""

    op: Literal["insert", "update", "delete", "reset"]
    table: Table
    id: int | None
    #: Names of the columns that changed (updates alone).
    changed: list[str]
    #: The short values from before, as far as the log keeps them.
    old: dict[str, Any] | None
    #: The row as it is now; null if it is out of sight.
    row: dict[str, Any] | None
    at: datetime | None
    #: Who did it: "member:7", "system"; null for writes from outside of the functions.
    actor: str | None
    request_id: str | None


@shape
class ChangePage(TypedDict):
    """Changes in order, the position after them, and whether more are waiting already."""

    changes: list[RowChange]
    cursor: str
    has_more: bool
