"""The types that arguments share."""

import pytest
from pydantic import TypeAdapter, ValidationError

from realtime.functions import Line, Name


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  Ada ", "Ada"),
        ("Ada\r\nBcc: eve@example.org", "Ada Bcc: eve@example.org"),
        ("x" * 60 + " ", "x" * 60),
    ],
)
def test_a_name_is_one_trimmed_line(given: str, kept: str) -> None:
    assert TypeAdapter(Name).validate_python(given) == kept


@pytest.mark.parametrize("given", ["", "  ", "\n", "x" * 61, 3, None])
def test_what_is_no_name(given: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Name).validate_python(given)


def test_a_line_may_be_empty() -> None:
    assert TypeAdapter(Line).validate_python(" \n ") == ""
