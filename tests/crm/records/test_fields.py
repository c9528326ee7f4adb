"""The name of a record on another one's row is shown to whoever may see that record."""

from typing import Any

import pytest

from realtime.functions.call import call
from tests.cast import Cast, Person

pytestmark = pytest.mark.usefixtures("acme")


def test_a_link_does_not_tell_the_name_of_what_is_out_of_sight(cast: Cast) -> None:
    owner = cast.olivia.context()
    theirs = {"first_name": "Ada", "last_name": "Lovelace", "owner_id": cast.bob.member_id}
    ada = call("contacts.create_contact", owner, theirs)
    linked = {"contact_id": ada["id"], "owner_id": cast.alice.member_id}
    deal = call("deals.create_deal", cast.olivia.context(), {"title": "Loft", **linked})
    task = call("tasks.create_task", cast.olivia.context(), {"title": "Call", **linked})

    def names(person: Person) -> set[Any]:
        rows = [
            *call("deals.list_deals", person.context(), {})["data"],
            *call("tasks.list_tasks", person.context(), {})["data"],
            call("deals.get_deal", person.context(), {"deal_id": deal["id"]}),
            call("tasks.get_task", person.context(), {"task_id": task["id"]}),
        ]
        assert len(rows) == 4
        return {row["contact_name"] for row in rows}

    assert names(cast.olivia) == {"Ada Lovelace"}
    assert names(cast.alice) == {None}
