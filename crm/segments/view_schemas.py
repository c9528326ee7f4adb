"""What goes into and comes out of the saved views' functions."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from crm.filters.grammar import FieldName, Filter
from crm.filters.sorting import SortKey
from realtime.functions import Changes, Name, shape

ViewObject = Literal["contact", "company", "deal", "task"]
Sharing = Literal["private", "teams", "everyone"]
Columns = Annotated[
    list[FieldName],
    Field(max_length=30, description="Names of fields, in order; empty: those of the object."),
]
Position = Annotated[int, Field(ge=0, le=32_767)]


@shape
class ViewRow(TypedDict):
    """A saved view. ``is_broken``: its filter asks for a field that is gone or that your role does not show."""

    id: int
    object: ViewObject
    name: str
    filter: dict[str, Any] | None
    columns: list[str]
    sort: str
    shared: Sharing
    is_pinned: bool
    position: int
    owner_id: int
    owner_name: str
    is_own: bool
    is_default: bool
    is_broken: bool


@shape
class DeletedView(TypedDict):
    """A view that is gone."""

    id: int


class ViewChanges(Changes):
    """What of a view to change."""

    name: Name = "-"
    filter: Filter | None = None
    columns: Columns = []
    sort: SortKey | Literal[""] = ""
    shared: Sharing = "private"
    is_pinned: bool = True
    position: Position = 0
