"""What a live search depends on: the changes that can alter it run it again, others don't."""

from collections.abc import Callable

import pytest

from crm.contacts.models import Contact, EmailAddress
from crm.tasks.models import Task
from realtime.functions.call import call
from realtime.reads import ReadSet, track
from tests.cast import Cast, Person
from tests.realtime.changes.logged import logged


def reads(person: Person, q: str) -> ReadSet:
    """The read set of a search."""
    with track() as tracker:
        call("search.search_records", person.context(), {"q": q})
    return tracker.read_set


@pytest.fixture
def made(acme: str, cast: Cast) -> dict[str, int]:
    """A contact of Alice's and one of Bob's."""
    people = {"alice": cast.alice, "bob": cast.bob}
    return {
        name: call("contacts.create_contact", person.context(), {"first_name": name.title()})["id"]
        for name, person in people.items()
    }


def test_what_alters_a_search(made: dict[str, int], cast: Cast) -> None:
    own, everything = reads(cast.alice, "ada"), reads(cast.olivia, "ada")
    alice, bob = (Contact.objects.filter(pk=made[name]) for name in ("alice", "bob"))

    def touched(write: Callable[[], object], table: str) -> tuple[bool, bool]:
        """Whether what the write does to the table touches Alice's search, and Olivia's."""
        with logged() as changes:
            write()
        found = [change for change in changes if change.table == table]
        assert found
        return any(map(own.touched_by, found)), any(map(everything.touched_by, found))

    contact, note = "contacts_contact", {"contact_id": made["alice"], "body": "Ada said so"}
    assert touched(lambda: alice.update(full_name="Ada"), contact) == (True, True)
    assert touched(lambda: bob.update(full_name="Ada"), contact) == (False, True)
    assert touched(lambda: bob.update(owner_id=cast.alice.member_id), contact) == (True, False)
    assert touched(lambda: alice.update(job_title="Boss"), contact) == (False, False)
    more = EmailAddress(contact_id=made["alice"], address="ada@other.example")
    assert touched(more.save, "contacts_emailaddress") == (True, True)
    assert touched(Task(title="Ada", owner_id=cast.bob.member_id).save, "tasks_task") == (False, True)
    said = touched(
        lambda: call("activities.create_activity", cast.alice.context(), note), "activities_activity"
    )
    assert said == (True, True)


def test_an_answer_follows_a_change(made: dict[str, int], cast: Cast) -> None:
    """What changes an answer touches what it was read from."""
    before = reads(cast.alice, "zoe")
    assert call("search.search_records", cast.alice.context(), {"q": "zoe"})["groups"] == []
    with logged() as changes:
        call("deals.create_deal", cast.alice.context(), {"title": "Zoé's flat"})
    assert call("search.search_records", cast.alice.context(), {"q": "zoe"})["groups"] != []
    assert any(map(before.touched_by, changes))
