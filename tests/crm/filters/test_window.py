"""Lists look at a bounded number of records where no index serves them, and say so; going on finds the others."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.contacts.models import Contact, ContactStage
from crm.filters import window
from realtime.functions.call import call
from realtime.live.fragments import get_fragment
from tests.api.conftest import new_client
from tests.cast import Cast

NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)
RARE = {"field": "job_title", "op": "contains", "value": "rare"}


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten records are as many as lists look at."""
    monkeypatch.setattr(window, "MOST", 10)
    monkeypatch.setattr("crm.filters.searching.MOST", 10)


@pytest.fixture
def contacts(acme: str, cast: Cast) -> list[int]:
    """Forty contacts of Alice's, the most recently active first; every thirteenth is a rare one. Their ids."""
    stage = ContactStage.objects.order_by("id").first()
    made = [
        Contact(
            full_name=f"Name {n:02}", stage=stage, owner_id=cast.alice.member_id, email=f"p{-n % 40:02}@x.test",
            job_title="rare" if n % 13 == 12 else "", tags=["few"] if n > 37 else ["many"],
            last_activity_at=NOW - timedelta(days=n // 3),
        )
        for n in range(40)
    ]  # fmt: skip
    pks = [row.pk for row in Contact.objects.bulk_create(made)]
    order = Contact.objects.filter(pk__in=pks).order_by("-last_activity_at", "-id")
    return list(order.values_list("pk", flat=True))


def search(cast: Cast, **args: Any) -> Any:
    return call("contacts.search_contacts", cast.olivia.context(), args)


def test_a_filter_goes_on_where_it_ended(contacts: list[int], cast: Cast) -> None:
    """Pages may hold nothing; together they hold what the filter admits, in order, each once."""
    cursor, pages, found = None, [], []
    for _ in range(6):
        page = search(cast, filter=RARE, **({"cursor": cursor} if cursor else {}))
        pages.append((len(page["data"]), page.get("within")))
        found += [row["id"] for row in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    rare = set(Contact.objects.filter(job_title="rare").values_list("pk", flat=True))
    assert found == [pk for pk in contacts if pk in rare]
    assert len(found) == 3
    assert [within for _, within in pages] == [10, 10, 10, None]
    assert found == list(dict.fromkeys(found))


def test_full_pages_look_no_further(contacts: list[int], cast: Cast) -> None:
    page = search(cast, filter={"field": "job_title", "op": "is_not", "value": "rare"}, limit=5)
    assert "within" not in page
    assert [row["id"] for row in page["data"]] == [
        pk
        for pk in contacts
        if pk not in set(Contact.objects.filter(job_title="rare").values_list("pk", flat=True))
    ][:5]


def test_a_common_word_in_another_order_is_sorted_not_walked_to(
    contacts: list[int], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Along the names the planner would come by nearly every record before it had a page of the window's."""
    monkeypatch.setattr("crm.search.matching.MOST", 5)
    seen: list[int] = []
    cursor = None
    with CaptureQueriesContext(connection) as captured:
        for _ in range(3):
            given: dict[str, Any] = {"cursor": cursor} if cursor else {}
            page = search(cast, search="name", sort="full_name", limit=5, **given)
            assert page["within"] == 10
            seen += [row["id"] for row in page["data"]]
            cursor = page["next_cursor"]
    assert cursor is None
    assert sum("GREATEST" in query["sql"] for query in captured) == 3
    names = Contact.objects.filter(pk__in=contacts[:12]).order_by("full_name").values_list("pk", flat=True)
    assert seen == [*names]


def test_a_sort_without_an_index_is_of_the_first_ones(contacts: list[int], cast: Cast) -> None:
    page = search(cast, sort="email")
    assert page["within"] == 10
    assert page["next_cursor"] is None
    emails = [row["email"] for row in page["data"]]
    assert emails == sorted(emails)
    assert {row["id"] for row in page["data"]} == set(contacts[:12])  # the last of them have one time


def test_what_an_index_finds_is_whole(contacts: list[int], cast: Cast) -> None:
    """Few by an index are sorted by anything; the list in an order that an index has is read to its end."""
    few = search(cast, filter={"field": "tags", "op": "any_of", "value": ["few"]}, sort="email")
    assert ("within" in few, len(few["data"])) == (False, 2)
    many = search(cast, filter={"field": "tags", "op": "any_of", "value": ["many"]}, sort="email")
    assert many["within"] == 10
    whole = search(cast, sort="full_name")
    assert ("within" in whole, len(whole["data"])) == (False, 40)


def test_over_rest(contacts: list[int], cast: Cast) -> None:
    meta = new_client(cast.olivia).post("/contacts/search", {"filter": RARE}).meta
    assert (meta["within"], meta["has_more"]) == (10, True)


def test_a_common_word_in_another_order(
    contacts: list[int], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a condition of each row: by the usual order one goes on, any other is of the first ones."""
    monkeypatch.setattr("crm.search.matching.MOST", 5)
    by_name = search(cast, search="name", sort="full_name")
    assert by_name["within"] == 10
    names = [row["full_name"] for row in by_name["data"]]
    assert len(names) == 12  # the last of them have one time
    assert names == sorted(names)
    assert "within" not in search(cast, search="name", limit=5)


@pytest.mark.parametrize("written", ["Zoë O'Neill", "zoe o’neill", "ZOE-ONEILL"])
def test_a_common_word_is_found_however_it_is_written(
    acme: str, cast: Cast, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.search.matching.MOST", 0)
    stage = ContactStage.objects.order_by("id")[0]
    Contact.objects.create(
        full_name=written, stage=stage, owner_id=cast.alice.member_id, last_activity_at=NOW
    )
    for word in ("zoe", "oneill", "O'Neill", "ZOË"):
        assert [row["full_name"] for row in search(cast, search=word)["data"]] == [written]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ({"sort": "email"}, "are sorted"),
        ({"filter": RARE | {"op": "not_contains"}}, "Looked through 10 so far"),
        ({"filter": RARE}, "None of the first 10 matches"),
    ],
)
def test_the_page_says_how_far_it_looked(
    contacts: list[int], cast: Cast, args: dict[str, Any], told: str
) -> None:
    """And leads on where there is more to look at, even if it found nothing."""
    table = get_fragment("contacts/table")
    shown = table.render(cast.olivia.context(), table.args_from_values(args))
    assert told in shown
    assert ('rel="next"' in shown) == ("filter" in args)
