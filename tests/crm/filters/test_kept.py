"""Searches by kept statements answer what the queryset answers: for whoever asks, whatever their role becomes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles.models import FieldPermission, Role, RolePermission
from crm.contacts.models import Contact, ContactStage
from realtime.functions import FunctionError
from realtime.functions.call import call
from realtime.reads.tracker import track
from tests.cast import Cast, Person

NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)
FILTERS: list[Any] = [
    *({"field": "source", "op": "is", "value": word} for word in ("web", "fair", "we_", "%")),
    *({"field": "source", "op": "contains", "value": word} for word in ("e", "_", "a%", "\\")),
    *({"field": "tags", "op": "any_of", "value": [word]} for word in ("vip", "none")),
    *({"field": "tags", "op": "any_of", "value": [word, "vip"]} for word in ("few", "none")),
    *({"field": "price", "op": op, "value": 3} for op in ("at_least", "less", "is", "is_not")),
    *({"field": "price", "op": "between", "value": [low, 4]} for low in (0, 2)),
    *({"field": "last_activity_at", "op": "before", "value": f"2026-05-{day}"} for day in (15, 18)),
    *({"field": "last_activity_at", "op": "in_last", "value": {"count": days, "unit": "day"}} for days in (2, 5)),
    *({"all": [{"field": "tags", "op": "any_of", "value": ["vip"]}, {"field": "source", "op": "is", "value": word}]}
      for word in ("web", "fair")),
    {"field": "owner_id", "op": "is_me"},
    {"field": "owner_id", "op": "is_not_me"},
    {"field": "team_id", "op": "my_teams"},
    *({"any": [{"field": "custom.size", "op": "is", "value": size}, {"field": "source", "op": "is", "value": "web"}]}
      for size in (1, 2)),
    *({"all": [{"field": "custom.size", "op": "at_least", "value": size}, {"field": "price", "op": "empty"}]}
      for size in (0, 2)),
]  # fmt: skip


@pytest.fixture
def contacts(acme: str, cast: Cast) -> None:
    """Thirty contacts of three owners."""
    call(
        "fields.create_custom_field",
        cast.olivia.context(),
        {"object": "contact", "label": "Size", "type": "number"},
    )
    stages = list(ContactStage.objects.all())
    Contact.objects.bulk_create(
        Contact(
            full_name=f"N{n % 7}",
            source=["web", "fair", "we_", "a%b", "x\\y"][n % 5],
            stage=stages[n % 3],
            owner_id=[cast.alice.member_id, cast.bob.member_id, cast.lea.member_id][n % 3],
            team_id=[cast.teams["North"], cast.teams["South"], cast.teams["North"]][n % 3],
            price=n % 5 if n % 4 else None,
            tags=[["vip"], ["few", "vip"], []][n % 3],
            last_activity_at=NOW - timedelta(days=n % 6),
            custom_values={"size": n % 4} if n % 5 else {},
        )
        for n in range(30)
    )


def answer(person: Person, args: dict[str, Any]) -> Any:
    ctx = person.context()
    ctx.clock = NOW
    try:
        return call("contacts.search_contacts", ctx, args)
    except FunctionError as refusal:
        return refusal.errors


def check(person: Person, **args: Any) -> None:
    """The first two pages of each filter, by a statement that is kept and by one that is made."""
    for filter in FILTERS:
        cursor: dict[str, str] = {}
        for _ in range(2):
            asked = {"filter": filter, "limit": 4, **args, **cursor}
            with track():
                expected = answer(person, asked)
            assert answer(person, asked) == expected, asked
            if not isinstance(expected, dict) or expected["next_cursor"] is None:
                break
            cursor = {"cursor": expected["next_cursor"]}


@pytest.mark.parametrize("sort", ["-last_activity_at", "-price"])
def test_each_actor_gets_their_own(contacts: None, cast: Cast, sort: str) -> None:
    for person in (cast.alice, cast.lea):
        check(person, sort=sort)


def test_of_what_an_index_picks_only_the_page_is_read_whole(contacts: None, cast: Cast) -> None:
    asked = {"filter": {"field": "tags", "op": "any_of", "value": ["vip"]}, "limit": 4}
    with CaptureQueriesContext(connection) as statements:
        answer(cast.olivia, asked)
    [sql] = [query["sql"] for query in statements if "&&" in query["sql"]]
    assert '"contacts_contact"."id" IN (SELECT U0."id"' in sql


def test_a_role_that_changes_changes_the_answers(contacts: None, cast: Cast) -> None:
    role = Role.objects.get(key="agent")
    FieldPermission.objects.create(role=role, object="contact", field="source", level="hidden")
    check(cast.alice)
    FieldPermission.objects.create(role=role, object="contact", field="custom.size", level="hidden")
    check(cast.alice)
    RolePermission.objects.filter(role=role, permission="contact.view").update(access="all")
    FieldPermission.objects.filter(role=role).delete()
    check(cast.alice)


def test_a_custom_field_that_changes_changes_the_answers(contacts: None, cast: Cast) -> None:
    check(cast.olivia, sort="custom.size")
    call("fields.delete_custom_field", cast.olivia.context(), {"custom_field_id": _size(cast)})
    check(cast.olivia)
    call(
        "fields.create_custom_field",
        cast.olivia.context(),
        {"object": "contact", "label": "Size", "type": "text"},
    )
    check(cast.olivia, sort="custom.size")


def _size(cast: Cast) -> int:
    found = call("fields.list_custom_fields", cast.olivia.context(), {"object": "contact"})
    return int(found[0]["id"])
