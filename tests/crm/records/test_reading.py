"""Kept statements answer each actor by their own scope, and like the query that they stand for."""

import pytest
from django.db.models import F

from accounts.permissions import Permission
from accounts.roles.models import Role, RolePermission
from accounts.roles.policy import visible_to
from crm.contacts.models import Contact
from crm.contacts.mutations import create_contact
from crm.contacts.queries import list_contacts
from crm.deals.board import get_board, get_board_column
from crm.deals.mutations import create_deal
from crm.records.reading import read_page
from realtime.functions.call import call
from realtime.functions.transactions import reading
from realtime.reads.tracker import track
from tests.cast import Cast, Person

pytestmark = pytest.mark.usefixtures("acme")


def names(person: Person) -> list[str]:
    return [row["first_name"] for row in call(list_contacts, person.context(), {})["data"]]


def test_each_actor_gets_their_own(cast: Cast) -> None:
    for person in (cast.alice, cast.bob):
        call(create_contact, person.context(), {"first_name": person.name})
    for _ in range(2):  # the second time by the statement that is kept
        assert names(cast.alice) == [cast.alice.name]
        assert names(cast.bob) == [cast.bob.name]
        assert set(names(cast.olivia)) == {cast.alice.name, cast.bob.name}


def test_a_role_that_changes_is_another_statement(cast: Cast) -> None:
    call(create_contact, cast.bob.context(), {"first_name": "Ada"})
    assert names(cast.alice) == []
    RolePermission.objects.filter(role=Role.objects.get(key="agent"), permission="contact.view").update(
        access="all"
    )
    assert names(cast.alice) == ["Ada"]


def test_pages_are_those_of_the_query(cast: Cast) -> None:
    for number in range(5):
        call(create_contact, cast.alice.context(), {"first_name": f"Ada {number}"})
    ctx = cast.alice.context()

    def build(owner_id: int):
        found = visible_to(ctx, Permission.CONTACT_VIEW, Contact.objects.filter(owner_id=owner_id))
        return found.values("id", "first_name", whose=F("owner__name"))

    how = {"order": ("-id",), "limit": 2}
    owner = [cast.alice.member_id]
    shown, cursor = [], None
    while True:
        kept, following = read_page(ctx, "test", build, owner, cursor=cursor, **how)
        with track():
            assert (kept, following) == read_page(ctx, "test", build, owner, cursor=cursor, **how)
        shown += [row["first_name"] for row in kept]
        if following is None:
            break
        cursor = following
    assert shown == [f"Ada {number}" for number in (4, 3, 2, 1, 0)]


def test_columns_that_share_are_those_of_the_board(cast: Cast) -> None:
    for number in range(3):
        call(create_deal, cast.alice.context(), {"title": f"Loft {number}", "amount": "100.00"})
    board = call(get_board, cast.alice.context(), {})
    ctx = cast.alice.context()
    with reading(), ctx.sharing():
        shared = [
            call(get_board_column, ctx, {"stage_id": column["stage"]["id"]}) for column in board["columns"]
        ]
    alone = [
        call(get_board_column, cast.alice.context(), {"stage_id": column["stage"]["id"]})
        for column in board["columns"]
    ]
    assert shared == alone == board["columns"]
    assert sum(column["count"] for column in alone) == 3
