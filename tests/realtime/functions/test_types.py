"""The types that arguments share."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from realtime.functions import InvalidInput, Line, Name, registry
from realtime.functions.types import sentence_of


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


def _patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for each in schema.values():
            yield from _patterns(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from _patterns(each)


def test_every_pattern_says_in_words_what_to_write() -> None:
    asked = {
        (function.name, pattern)
        for function in registry
        for pattern in _patterns(function.args_model.model_json_schema())
    }
    assert len(asked) > 50
    # A Decimal's own pattern is pydantic's: its complaint is another one.
    silent = {
        (name, found) for name, found in asked if not sentence_of(found) and not found.startswith("^(?!")
    }
    assert not silent


def test_nobody_is_shown_a_regular_expression() -> None:
    with pytest.raises(InvalidInput) as caught:
        registry.get("contacts.create_contact").args_from_json(b'{"email": "ada"}')
    assert caught.value.errors == [
        {
            "param": "email",
            "code": "string_pattern_mismatch",
            "detail": "Give an email address, like ada@example.com.",
        }
    ]
