"""Argument types that functions share."""

from typing import Annotated

from pydantic import Field, StringConstraints

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
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=160)]
Prose = Annotated[str, StringConstraints(max_length=20_000)]
Search = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
