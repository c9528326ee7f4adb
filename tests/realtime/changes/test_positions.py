"""Snapshots as positions in the log."""

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.roles.models import Role
from accounts.tenancy import tenant_context
from realtime.changes.change import Change, Snapshot, Tick
from realtime.changes.log import LogTrimmed, current_snapshot, read_changes, trim_log
from tests.cast import ACME, GLOBEX
from tests.realtime.changes.logged import logged


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    xmin = draw(st.integers(3, 200))
    running = draw(st.frozensets(st.integers(xmin, xmin + 40), max_size=10))
    return Snapshot(min(running, default=xmin), max(running, default=xmin) + draw(st.integers(1, 5)), running)


@given(snapshots())
def test_text_form_is_kept(snapshot: Snapshot) -> None:
    assert Snapshot.parse(snapshot.text()) == snapshot


def test_sees_is_what_postgresql_answers(committed_db: str) -> None:
    snapshot = Snapshot.parse("10:20:10,14,15")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT xid, pg_visible_in_snapshot(xid::text::xid8, %s::pg_snapshot) FROM generate_series(3, 25) xid",
            [snapshot.text()],
        )
        for xid, sees in cursor.fetchall():
            assert snapshot.sees(xid) is sees


def test_tick_survives_its_message() -> None:
    change = Change(1, 2, "t_acme", "roles_role", "U", 3, frozenset({"name"}), {"id": 3}, {"id": 3}, "r", "a")
    for changes in ((change,), (), None):
        tick = Tick("e", 4, "t_acme", 5, 4, Snapshot(1, 9, frozenset({3})), "00-1", changes)
        assert Tick.from_message(tick.to_message()) == tick


def create_role(name: str, schema: str = ACME) -> None:
    with tenant_context(schema):
        Role.objects.create(name=name)


def names(changes: list[Change]) -> list[object]:
    return [(change.new or {})["name"] for change in changes]


def test_adjoining_ranges_hold_each_change_once(committed_db: str) -> None:
    first = current_snapshot()
    create_role("One")
    second = current_snapshot()
    create_role("Two")
    create_role("Elsewhere", GLOBEX)
    third = current_snapshot()
    assert names(read_changes(first, second)) == ["One"]
    assert names(read_changes(second, third)) == ["Two", "Elsewhere"]
    assert names(read_changes(first)) == ["One", "Two", "Elsewhere"]
    assert names(read_changes(first, schemas=[GLOBEX, "public"])) == ["Elsewhere"]
    assert read_changes(third) == []


def test_own_unfinished_transaction_is_not_in_its_snapshot(committed_db: str) -> None:
    before = current_snapshot()
    with transaction.atomic():
        create_role("Unfinished")
        inside = current_snapshot()
        # Somebody else's later transaction ends first, which moves xmax past the own one.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text")
            own = int(cursor.fetchone()[0])
        assert not inside.sees(own)
    assert names(read_changes(inside)) == ["Unfinished"]
    assert names(read_changes(before, inside)) == []


def test_emptied_slots_end_old_positions(committed_db: str) -> None:
    old = current_snapshot()
    create_role("Long ago")
    with connection.cursor() as cursor:
        # Moves the row to the partition of another day.
        cursor.execute(
            "UPDATE public.changes_change SET at = now() - interval '10 days', slot = (slot + 6) % 16"
        )
    create_role("Now")
    new = current_snapshot()
    assert trim_log() >= 1
    with logged() as changes:
        assert trim_log() == 0
    assert changes == []
    with pytest.raises(LogTrimmed):
        read_changes(old)
    assert read_changes(new) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM public.changes_change")
        assert cursor.fetchone() == (1,)
