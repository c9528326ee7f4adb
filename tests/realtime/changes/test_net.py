"""What several changes of one row come to."""

from typing import Any

import pytest

from realtime.changes.change import Change
from realtime.changes.net import net_changes
from tests.cast import ACME

A, B, C = {"id": 7, "owner_id": 1}, {"id": 7, "owner_id": 2}, {"id": 7, "owner_id": 3}


def change(number: int, op: str, old: Any = None, new: Any = None, *columns: str) -> Change:
    """One change of contact 7."""
    return Change(number, 1, ACME, "contacts_contact", op, 7, frozenset(columns), old, new)


def update(number: int, old: Any, new: Any, *columns: str) -> Change:
    return change(number, "U", old, new, *(columns or ("owner_id",)))


@pytest.mark.parametrize(
    ("changes", "net"),
    [
        ([change(1, "I", None, A), update(2, A, B)], [("I", None, B, set())]),
        ([change(1, "I", None, A), change(2, "D", A)], []),
        ([update(1, A, B), update(2, B, C)], [("U", A, C, {"owner_id"})]),
        ([update(1, A, B), update(2, B, A)], []),
        ([update(1, A, B, "owner_id", "notes"), update(2, B, A)], [("U", A, A, {"notes"})]),
        ([update(1, A, B), change(2, "D", B)], [("D", A, None, set())]),
        ([change(1, "D", A), change(2, "I", None, A)], [("U", A, A, set())]),
        ([update(2, B, A), update(1, A, B)], []),
        ([update(1, A, B), update(1, A, B)], [("U", A, B, {"owner_id"})]),
        ([update(1, A, {"id": 8}, "id"), update(2, B, A)], [("U", A, {"id": 8}, {"id"}), ("U", B, A, {"owner_id"})]),
        ([update(1, A, B), change(2, "T"), change(3, "I", None, C)], [("T", None, None, set()), ("I", None, C, set())]),
        ([update(1, A, B), change(2, "B"), change(3, "T")], [("B", None, None, set())]),
    ],
    ids=[
        "made and changed", "made and deleted", "changed twice", "there and back", "a text was changed, too",
        "changed and deleted", "deleted and made", "in the wrong order", "delivered twice", "a key was changed",
        "emptied", "in bulk",
    ],
)  # fmt: skip
def test_net(changes: list[Change], net: list[Any]) -> None:
    assert [(c.op, c.old, c.new, set(c.columns)) for c in net_changes(changes)] == net


def test_rows_do_not_mix() -> None:
    other = Change(2, 1, "t_globex", "contacts_contact", "U", 7, frozenset({"owner_id"}), B, A)
    assert net_changes([update(1, A, B), other]) == [update(1, A, B), other]
