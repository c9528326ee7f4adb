"""What can be filtered by: a field's kind decides which operators it takes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Q

from accounts.permissions import Permission

BLANK = ("empty", "not_empty")
SPANS = ("in_last", "in_next", "more_than_ago", "more_than_ahead")


class Kind(StrEnum):
    """What a field holds, as far as comparing goes."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"
    YES_NO = "yes_no"
    #: One of a few words.
    CHOICE = "choice"
    #: Some of a few words: tags, multiple choice.
    CHOICES = "choices"
    #: Another record, by id.
    LINK = "link"
    MEMBER = "member"
    TEAM = "team"


_ONE = ("is", "is_not", "any_of", "none_of", *BLANK)
_TIME = ("is", "before", "after", "between", "within", *SPANS, "overdue", *BLANK)
OPERATORS: dict[Kind, tuple[str, ...]] = {
    Kind.TEXT: (
        "contains",
        "not_contains",
        "is",
        "is_not",
        "starts_with",
        "ends_with",
        "any_of",
        "none_of",
        *BLANK,
    ),
    Kind.NUMBER: ("is", "is_not", "at_least", "at_most", "more", "less", "between", *BLANK),
    Kind.DATE: _TIME,
    Kind.MOMENT: _TIME,
    Kind.YES_NO: ("is", *BLANK),
    Kind.CHOICE: _ONE,
    Kind.CHOICES: ("any_of", "all_of", "none_of", *BLANK),
    Kind.LINK: _ONE,
    Kind.MEMBER: ("is_me", "is_not_me", *_ONE),
    Kind.TEAM: ("my_teams", "not_my_teams", *_ONE),
}


@dataclass(frozen=True, slots=True)
class FilterField:
    """A field of one kind of record.

    ``path`` leads to the column, or to the key of a custom field (``custom``). ``through`` is the link that a path
    of another record goes over, ``whose`` its owner and team: the field is only what the actor may see of that record.
    """

    key: str
    label: Any
    kind: Kind
    path: str
    nullable: bool = False
    #: The key in the record's custom values, "" for a column.
    custom: str = ""
    #: What a value is turned into before it is compared: an address in lower case, a number's digits.
    prepare: Callable[[str], str] | None = None
    #: Where one sorts by it: a column's path; "" if one can't.
    sort: str = ""
    sort_nullable: bool = False
    #: A moment or date is overdue only while this holds.
    open_if: Q | None = None
    through: str = ""
    #: What stands before owner_id and team_id of the other record ("company__"), and the word to see it.
    whose: str = ""
    through_permission: Permission | None = None
    #: The words that it may be, with their labels.
    options: tuple[tuple[str, Any], ...] = field(default=())
    #: What offers its values in a form: stages, members, companies.
    offers: str = ""
    #: The name of the field rule that hides it, if not its key.
    rule: str = ""

    def takes(self, operator: str) -> bool:
        """Whether the operator means something for the field."""
        if operator == "overdue" and self.kind is Kind.MOMENT and self.open_if is None:
            return False
        return operator in OPERATORS[self.kind]

    @property
    def operators(self) -> tuple[str, ...]:
        """What it can be compared by, the most likely first."""
        return tuple(operator for operator in OPERATORS[self.kind] if self.takes(operator))
