"""Who comes back says the epoch and the tick of what they have: what nothing has touched since is not run again."""

import pytest

from realtime import metrics
from realtime.functions import Actor
from realtime.live.room import Room
from realtime.live.sockets import Socket, Subscription
from tests.cast import ACME, Cast, Person, load_cast
from tests.realtime.live.test_fairness import Counting, Line, follow, in_rooms, until


@pytest.fixture
def cast(committed_db: str) -> Cast:
    """The people of the module's own database."""
    return load_cast()


def come_back(room: Room, person: Person, query: Counting, hash: str, place: tuple[str, int]) -> Line:
    """A socket that was here before, with the answer of that hash."""
    line = Line()
    socket = Socket(room, Actor("member", person.member_id), line)  # type: ignore[arg-type]  # stands in for the real one
    socket.came_with = place
    room.join(socket)
    room.subscribe(Subscription(socket, query.name, query, hash))  # type: ignore[arg-type]  # stands in for the real one
    return line


def counted() -> dict[str, float]:
    """How clients came back, as ``/metrics`` says of this process."""
    (found,) = metrics.returns.collect()
    return {sample.labels["how"]: sample.value for sample in found.samples if sample.name.endswith("_total")}


def test_of_the_same_epoch_what_is_held_answers(cast: Cast) -> None:
    query = Counting("list")

    async def scenario(room: Room) -> None:
        room.epoch = "one"
        socket, line = follow(room, cast.olivia, query)
        await until(lambda: line.shown)
        hash = line.transitions[-1]["changes"][0]["hash"]
        room.leave(socket)
        again = come_back(room, cast.olivia, query, hash, ("one", room.number))
        await until(lambda: again.transitions)
        assert again.transitions[-1]["changes"] == [{"id": "list", "hash": hash, "unchanged": True}]

    in_rooms(scenario, ACME)
    assert len(query.ran_at) == 1


def test_with_another_epoch_the_query_runs_for_all_who_watch(cast: Cast) -> None:
    """Client and process do not know each other's history: what is held may be of a past that was undone."""
    query = Counting("list")

    async def scenario(room: Room) -> None:
        room.epoch = "one"
        _, line = follow(room, cast.olivia, query)
        await until(lambda: line.shown)
        hash = line.transitions[-1]["changes"][0]["hash"]
        returned = [come_back(room, cast.olivia, query, hash, ("two", 9)) for _ in range(2)]
        await until(lambda: all(other.transitions for other in returned))
        returned.append(come_back(room, cast.olivia, query, hash, ("two", 9)))
        await until(lambda: returned[-1].transitions)
        for other in returned:
            assert other.transitions[-1]["changes"] == [{"id": "list", "hash": hash, "unchanged": True}]
        (run,) = room.shares
        assert len(run.subscriptions) == 4, "one answer for all, none left behind"
        assert len(line.transitions) == 1, "an equal answer is not sent"

    in_rooms(scenario, ACME)
    assert len(query.ran_at) == 2


def test_the_room_says_whether_it_has_followed_since(cast: Cast) -> None:
    room = Room(ACME, None)  # type: ignore[arg-type]  # nothing is run
    room.epoch, room.number, room.followed_from = "one", 40, 20
    socket = Socket(room, Actor("member", cast.olivia.member_id), Line())  # type: ignore[arg-type]  # as above
    before = counted()
    for place, is_followed in (
        (("", 0), False),
        (("one", 20), True),
        (("one", 19), False),
        (("two", 30), False),
    ):
        socket.came_with = place
        assert room.resumes(socket) == is_followed
    after = counted()
    assert {how: after[how] - before.get(how, 0) for how in after} == {
        "followed": 1,
        "begun later": 1,
        "other epoch": 1,
    }
