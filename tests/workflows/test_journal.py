"""The journal by itself: what it gives back, what it holds for another code, how much it takes. No database."""

from datetime import UTC, datetime
from typing import Any

import pytest

from workflows.journal import (
    DONE,
    FAILED,
    MAX_ENTRIES,
    MAX_RUN_BYTES,
    MAX_STEP_BYTES,
    SKIPPED,
    WAITING,
    Entry,
    Journal,
    value_of,
)
from workflows.signals import Nondeterminism, TooLarge

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def entry(position: str, **values: Any) -> Entry:
    return Entry(
        **{"position": position, "key": "greet", "kind": "mutation", "name": "a.b", "args_hash": "h"} | values
    )


def done(position: str, seq: int, **values: Any) -> Entry:
    return entry(position, status=DONE, seq=seq, result=b"1", **values)


def test_a_step_that_is_over_is_given_back_and_a_new_one_is_numbered_on() -> None:
    journal = Journal.of([done("1", 0), done("2", 7)])
    assert value_of(journal.reach(entry("1")).result) == 1
    new = journal.reach(entry("3"))
    journal.finish(new, {"id": 3}, NOW)
    assert (new.seq, new.status, journal.unread) == (8, DONE, {"2"})
    assert (journal.take_changes(), journal.take_changes()) == ([new], [])


@pytest.mark.parametrize("name", ["kind", "name", "key", "args_hash"])
def test_another_step_at_its_place_is_told(name: str) -> None:
    with pytest.raises(Nondeterminism):
        Journal.of([done("1", 0)]).reach(entry("1", **{name: "other"}))


def test_other_arguments_may_be_kept_or_done_again() -> None:
    kept = Journal.of([done("1", 0)]).reach(entry("1", args_hash="new", changed="keep"))
    assert (kept.status, kept.result) == (DONE, b"1")
    again = Journal.of([done("1", 0)]).reach(entry("1", args_hash="new", changed="rerun"))
    assert (again.status, again.result, again.args_hash) == (WAITING, None, "new")


@pytest.mark.parametrize("held", [[done("2", 1)], [entry("1", seq=0), done("2", 1)]])
def test_code_cannot_wait_where_the_journal_has_gone_on(held: list[Entry]) -> None:
    with pytest.raises(Nondeterminism, match="went on to 2"):
        Journal.of(held).reach(entry("1"))


def test_what_the_code_did_not_reach_is_told_unless_it_was_given_up() -> None:
    race, lost = entry("1", kind="race", seq=0), entry("1/1/1", kind="child", child_id=9, seq=2)
    journal = Journal.of([race, done("1/0/1", 1), lost, done("cancel/0/1", 3)])
    for position, kind in (("1", "race"), ("1/0/1", "mutation")):
        journal.reach(entry(position, kind=kind))
    with pytest.raises(Nondeterminism, match="without reaching"):
        journal.refuse_leftovers()
    assert journal.give_up("1/1/", NOW) == [9]
    assert (lost.status, lost.finished_at) == (SKIPPED, NOW)
    journal.refuse_leftovers()


def test_branches_and_single_steps_are_not_taken_for_each_other() -> None:
    journal = Journal.of([entry("1", kind="race"), done("1/0/1", 1), done("1/1/1", 2), done("2", 3)])
    journal.reach_branches("1", 2)
    for position, count in (("2", 1), ("1", 1)):
        with pytest.raises(Nondeterminism):
            journal.reach_branches(position, count)
    with pytest.raises(Nondeterminism, match="has branches"):
        journal.reach(entry("1"))
    journal.refuse_later_than("2")
    with pytest.raises(Nondeterminism, match="had left"):
        journal.refuse_later_than("1")


def test_a_result_has_its_limit_and_so_have_all_of_a_run() -> None:
    text = "x" * (MAX_STEP_BYTES - 2)
    journal = Journal()
    for number in range(MAX_RUN_BYTES // MAX_STEP_BYTES):
        journal.finish(entry(str(number + 1)), text, NOW)
    for one, result in ((journal, ""), (Journal(), text + "x")):
        with pytest.raises(TooLarge):
            one.finish(entry("99"), result, NOW)
    stored = Journal.of([done("1", 0, kind="race")])
    assert stored.size == 1


def test_steps_and_arguments_have_their_limits() -> None:
    journal = Journal.of([done("1", MAX_ENTRIES - 2)])
    journal.finish(journal.reach(entry("2", args=b"x" * MAX_STEP_BYTES)), None, NOW)
    with pytest.raises(ValueError, match="continue_as_new"):
        journal.reach(entry("3"))
    with pytest.raises(ValueError, match="256 kB"):
        Journal().reach(entry("1", args=b"x" * (MAX_STEP_BYTES + 1)))


def test_a_failed_attempt_waits_and_a_failed_step_is_over() -> None:
    journal, one = Journal(), entry("1", attempts=2)
    journal.postpone(one, {"code": "down"}, NOW, NOW)
    assert (one.status, one.is_over, journal.failed_attempts) == (
        WAITING,
        False,
        [("1", 2, {"code": "down"}, NOW)],
    )
    journal.fail(one, {"code": "down"}, NOW)
    assert (one.status, one.is_over, one.finished_at) == (FAILED, True, NOW)
