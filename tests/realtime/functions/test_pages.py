"""Cursors and pages by themselves: what is no cursor of this list, and where a page ends."""

from typing import Any

import pytest

from realtime.functions import InvalidInput, idempotency
from realtime.functions.pages import cut_page, decode_cursor, encode_cursor

ORDER = ("-at", "-id")


def rows(count: int) -> list[dict[str, Any]]:
    return [{"at": f"2026-01-{n:02}", "id": n} for n in range(count, 0, -1)]


def test_a_cursor_holds_the_last_row_of_its_order() -> None:
    assert decode_cursor(ORDER, encode_cursor(ORDER, ["2026-01-02", 2])) == ["2026-01-02", 2]


@pytest.mark.parametrize(
    "cursor",
    [
        encode_cursor(("at", "id"), ["2026-01-02", 2]),  # the other way round
        encode_cursor(("-at",), ["2026-01-02"]),
        encode_cursor(ORDER, ["2026-01-02"]),
        encode_cursor(ORDER, ["2026-01-02", 2, 3]),
        encode_cursor(("-id", "-at"), [2, "2026-01-02"]),
        "e30",  # {}
        "####",
        "a",
        "ä",
        "",
    ],
)
def test_what_is_no_cursor_of_this_list_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        decode_cursor(ORDER, cursor)
    assert refusal.value.errors[0]["param"] == "cursor"


def test_the_next_cursor_comes_only_with_a_next_row() -> None:
    assert cut_page(rows(0), ORDER, 3) == ([], None)
    assert cut_page(rows(3), ORDER, 3) == (rows(3), None)
    page, cursor = cut_page(rows(4), ORDER, 3)
    assert page == rows(4)[:3]
    assert cursor == encode_cursor(ORDER, ["2026-01-02", 2])


def test_a_repeated_key_is_told_by_function_and_arguments() -> None:
    prints = {
        idempotency.fingerprint(*each)
        for each in [("a.b", b"{}"), ("a.c", b"{}"), ("a.b", b"1"), ("a.b1", b"")]
    }
    assert len(prints) == 4


@pytest.mark.parametrize(
    ("key", "is_good"), [("x" * 255, True), ("x" * 256, False), ("a\nb", False), ("", False)]
)
def test_keys_that_can_be_stored(key: str, is_good: bool) -> None:
    if is_good:
        idempotency.check_key(key)
        return
    with pytest.raises(InvalidInput):
        idempotency.check_key(key)
