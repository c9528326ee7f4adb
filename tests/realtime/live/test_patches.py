"""Lists are sent as patches where these are smaller, to those who have the state before."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from realtime.live.versions import Version, difference
from tests.realtime.live.client import LiveClient, patched
from tests.realtime.live.conftest import Deployment

Connect = Callable[..., LiveClient]
values = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["a", "b"])
rows = st.dictionaries(st.integers(1, 6), st.dictionaries(st.sampled_from("xyz"), values)).flatmap(
    lambda found: st.permutations([{"id": id, **row} for id, row in found.items()])
)
things = st.one_of(values, rows, st.lists(values, max_size=3), st.dictionaries(st.sampled_from("xy"), values))
results = st.one_of(rows, st.dictionaries(st.sampled_from(["data", "next_cursor", "total"]), things))


@given(before=results, after=results)
def test_a_patch_turns_one_result_into_the_other(before: Any, after: Any) -> None:
    patch = difference(before, after)
    if patch is None:
        assert type(before) is not type(after)
    else:
        assert patched(before, patch) == after


def test_only_whoever_has_the_state_before_gets_the_patch() -> None:
    states = [
        Version(str(n), b'"result":[{"id":1,"n":%d},{"id":2,"text":"%b"}]' % (n, b"x" * 99)) for n in range(3)
    ]
    for before, after in pairwise(states):
        after.follow(before)
    assert states[2].since("1").body == b'"from":"1","patch":{"lists":{"":{"rows":[{"id":1,"n":2}]}}}'
    assert states[2].since("1") is states[2].since("1")
    assert states[2].since("0") is states[2]
    assert states[1].since("0") is states[1], "the states before are let go"


def test_what_is_no_result_or_small_is_sent_whole() -> None:
    for one, other in (
        (b'"html":"a"', b'"html":"b"'),
        (b'"result":1', b'"error":{}'),
        (b'"result":[]', b'"result":[1]'),
    ):
        after = Version("b", other)
        after.follow(Version("a", one))
        assert after.since("a") is after


def test_a_list_comes_as_a_patch_when_one_row_changes(deployment: Deployment, connect: Connect) -> None:
    olivia = connect(deployment.cast.olivia, patches=True)
    whole = connect(deployment.cast.olivia)
    made = [olivia.call("contacts.create_contact", first_name=f"Patch {n}")["result"]["id"] for n in range(4)]
    for client in (olivia, whole):
        client.subscribe("list", "contacts.list_contacts", limit=20)
    olivia.call("contacts.update_contact", contact_id=made[1], changes={"first_name": "Patched"})
    olivia.call("contacts.archive_contact", contact_id=made[0])
    olivia.sync()
    whole.sync()
    assert olivia.patched >= 2
    assert whole.patched == 0
    assert olivia.answers == whole.answers
    assert "Patched" in {row["first_name"] for row in olivia.answers["list"]["data"]}
    # Who comes back with the hash of an older state is sent the whole answer.
    olivia.send(type="unsubscribe", ids=["list"])
    again = olivia.subscribe("again", "contacts.list_contacts", hash="0" * 24, limit=20)
    assert again == whole.answers["list"]
