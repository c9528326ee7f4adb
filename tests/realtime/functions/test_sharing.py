"""Parts of one answer share what they ask; who must see every read, and who asks in another name, does not."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.contacts.queries import get_contact, list_contacts
from realtime.functions import Context, NotFound
from realtime.functions.call import BadResult, call
from realtime.functions.transactions import reading
from realtime.reads.tracker import track
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("acme")


def statements(ctx: Context, times: int) -> int:
    with CaptureQueriesContext(connection) as captured:
        for _ in range(times):
            call(list_contacts, ctx, {"limit": 5})
    return len([query for query in captured if query["sql"].startswith("SELECT")])


def test_equal_queries_are_asked_once(cast: Cast) -> None:
    ctx = cast.alice.context()
    assert ctx.scope
    assert statements(ctx, 3) == 3
    with reading(), ctx.sharing():
        assert statements(ctx, 3) == 1
        assert call(list_contacts, ctx, {"limit": 5}) is call(list_contacts, ctx, {"limit": 5})
        assert call(list_contacts, ctx, {"limit": 6}) is not call(list_contacts, ctx, {"limit": 5})
    assert statements(ctx, 2) == 2


def test_a_tracker_sees_each_read(cast: Cast) -> None:
    ctx = cast.alice.context()
    with reading(), ctx.sharing():
        call(list_contacts, ctx, {})
        with track() as first:
            call(list_contacts, ctx, {})
        with track() as second:
            call(list_contacts, ctx, {})
    assert "contacts_contact" in {read.table for read in first.read_set.reads}
    assert set(first.read_set.reads) == set(second.read_set.reads)


def test_a_refusal_is_not_kept(cast: Cast) -> None:
    ctx = cast.alice.context()
    with reading(), ctx.sharing():
        for _ in range(2):
            with pytest.raises(NotFound):
                call(get_contact, ctx, {"contact_id": 1_000_000})


def test_a_retry_shares_nothing(cast: Cast) -> None:
    ctx = cast.alice.context()
    with ctx.sharing():
        assert ctx.again().shared is None
    assert ctx.shared is None


def test_a_changed_result_is_a_defect(cast: Cast) -> None:
    ctx = cast.alice.context()
    with reading(), ctx.sharing():
        call(list_contacts, ctx, {})["data"].append("changed by a part of the page")
        with pytest.raises(BadResult):
            call(list_contacts, ctx, {})
