"""What goes into and comes out of the search."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, NotRequired

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from crm.search.sources import Kind
from realtime.functions import shape

Asked = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=500),
    Field(description="Words, beginnings of words, initials, or a part of an email address or a number."),
]
GroupLimit = Annotated[int, Field(ge=1, le=50, description="Records a group, at most.")]


@shape
class SearchHit(TypedDict):
    """A record that was found. Fields that the role hides are absent.

    ``marked`` is the title as HTML: escaped, with ``<mark>`` round what was asked for; ``marked_detail`` likewise.
    """

    id: int
    title: str
    marked: str
    detail: NotRequired[str]
    marked_detail: NotRequired[str]
    email: NotRequired[str]
    phone: NotRequired[str]
    company_name: NotRequired[str]
    domain: NotRequired[str]
    city: NotRequired[str]
    amount: NotRequired[Decimal]
    currency: NotRequired[str]
    status: NotRequired[str]
    stage_name: NotRequired[str]
    due_at: NotRequired[datetime | None]
    done_at: NotRequired[datetime | None]
    occurred_at: NotRequired[datetime]
    subject: NotRequired[str]
    subject_id: NotRequired[int]


@shape
class SearchGroup(TypedDict):
    """What was found of one kind, the best first."""

    kind: Kind
    hits: list[SearchHit]
    has_more: bool


@shape
class SearchAnswer(TypedDict):
    """What was found, grouped: the kind with the best match first."""

    query: str
    groups: list[SearchGroup]
