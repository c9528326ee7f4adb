"""Argument types that functions share."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

#: What a text that does not match a pattern is answered with.
_SENTENCES: dict[str, str] = {}
_BREAKS = re.compile(r"[\x01-\x1f\x7f-\x9f\u2028\u2029]+")


def on_one_line(text: object) -> object:
    """A text with blanks for line ends, tabs and control characters (NUL is refused); what is no text, unchanged.

    Names stand in the headers of emails, where a line end would begin another header, and in cells of tables.
    """
    if not isinstance(text, str) or text.isprintable():
        return text
    return _BREAKS.sub(" ", text)


def pattern(expression: str, sentence: str) -> str:
    """The regular expression, as ``StringConstraints(pattern=...)`` takes it; the sentence tells people what to write.

    Without one they would be shown the expression. One expression has one sentence: the last one told.
    """
    _SENTENCES[expression] = sentence
    return expression


def sentence_of(expression: str) -> str:
    """What to write where the expression does not match; empty if nobody said."""
    return _SENTENCES.get(expression, "")


#: A row's id. The bound is PostgreSQL's bigint.
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
#: A list's page size.
Limit = Annotated[int, Field(ge=1, le=200, description="Rows a page, at most.")]
#: An opaque cursor from an earlier page.
Cursor = Annotated[str, Field(max_length=600, description="next_cursor of the page before.")]
#: The version that the caller read; the change is refused if the record has moved on.
Version = Annotated[
    int, Field(ge=1, le=2**31 - 1, description="Refuse unless the record still has this version.")
]
#: Of a text that is a name or a title: it is kept on one line. Stands last: constraints that follow a validator are
#: checked before the text is stripped.
OneLine = BeforeValidator(on_one_line)
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), OneLine]
Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60), OneLine]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=160), OneLine]
Prose = Annotated[str, StringConstraints(max_length=20_000)]
Search = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
