"""An answer that was the same for several members, and from one run to the next is no longer."""

from dataclasses import dataclass

import orjson
import pytest
from asgiref.sync import sync_to_async

from accounts.roles.policy import member_id_of
from crm.contacts.models import Contact
from realtime.functions import Context
from realtime.live.room import Room
from tests.cast import ACME, Cast, load_cast
from tests.realtime.live.test_fairness import Counting, follow, in_rooms, until, write


@pytest.fixture
def cast(committed_db: str) -> Cast:
    """The people of the module's own database."""
    return load_cast()


@dataclass(frozen=True)
class Turning(Counting):
    """Is the same for everybody, until there is a contact called Personal; then it says who asks."""

    def answer(self, ctx: Context) -> bytes:
        is_personal = Contact.objects.filter(first_name="Personal").exists()
        return b'"result":' + orjson.dumps(member_id_of(ctx) if is_personal else "all")


def test_each_gets_their_own_as_soon_as_it_looks_at_who_they_are(cast: Cast) -> None:
    query = Turning("one")
    people = [cast.alice, cast.bob]

    async def scenario(room: Room) -> None:
        lines = [follow(room, person, query)[1] for person in people]
        await until(lambda: all(line.shown for line in lines))
        assert [line.shown["one"] for line in lines] == ["all", "all"]
        assert len(list(room.shares)) == 1
        await sync_to_async(write)(cast.olivia, "Personal")
        room.read_log()
        await until(lambda: all(line.shown["one"] != "all" for line in lines))
        assert [line.shown["one"] for line in lines] == [person.member_id for person in people]
        # And once more, each with a run of their own: nothing was sent to the wrong one in between.
        for line, person in zip(lines, people, strict=True):
            results = [change["result"] for sent in line.transitions for change in sent["changes"]]
            assert results == ["all", person.member_id]

    in_rooms(scenario, ACME)
