"""Searches: any sort a page at a time, nothing of what a role hides, indexes, and answers that end by time alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles.models import Role
from crm.contacts.models import Contact, ContactStage
from crm.filters.catalogs import Catalog, catalog_of
from crm.tasks.models import Task
from realtime.functions import InvalidInput
from realtime.functions.call import call
from tests.cast import Cast, Person
from tests.plans import explain

NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)


def search(person: Person, area: str = "contacts", **args: Any) -> Any:
    return call(f"{area}.search_{area}", person.context(), args)


def refusal(person: Person, **args: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        search(person, **args)
    return {error["param"]: error["detail"] for error in refused.value.errors}


def define(cast: Cast, **args: Any) -> None:
    call("fields.create_custom_field", cast.olivia.context(), {"object": "contact", **args})


@pytest.fixture
def contacts(acme: str, cast: Cast) -> dict[int, Contact]:
    """Thirty contacts of Alice's and Bob's with values that repeat and values that are missing."""
    define(cast, label="Size", type="number")
    define(cast, label="Word", type="text")
    define(cast, label="Day", type="date")
    stages = list(ContactStage.objects.all())
    made = []
    for n in range(30):
        custom = {"size": n % 4 - 1.5, "word": "xyz"[n % 3], "day": f"2026-05-0{n % 5 + 1}"}
        made.append(
            Contact(
                full_name=f"N{n % 7}",
                source="ab"[n % 2] if n % 3 else "",
                stage=stages[n % 3],
                owner_id=[cast.alice.member_id, cast.bob.member_id, None][n % 3],
                team_id=[cast.teams["North"], cast.teams["South"], None][n % 3],
                price=n % 5 if n % 4 else None,
                last_activity_at=NOW - timedelta(days=n % 6),
                custom_values={key: value for key, value in custom.items() if n % 5},
            )
        )
    return {contact.pk: contact for contact in Contact.objects.bulk_create(made)}


SORTS = [
    "full_name", "source", "stage_id", "owner_id", "price", "last_activity_at", "created_at", "company_id",
    "custom.size", "custom.word", "custom.day",
]  # fmt: skip


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{sort}" for sort in SORTS)])
def test_pages_over_any_sort(contacts: dict[int, Contact], cast: Cast, sort: str) -> None:
    """Pages of four are the list of all of them, each once, blank ones last."""
    whole = [row["id"] for row in search(cast.olivia, sort=sort, limit=200)["data"]]
    assert sorted(whole) == sorted(contacts)
    paged: list[int] = []
    cursor = None
    while True:
        page = search(cast.olivia, sort=sort, limit=4, **({"cursor": cursor} if cursor else {}))
        paged += [row["id"] for row in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert paged == whole
    if sort.endswith(("custom.size", "price")):
        name = sort.lstrip("-")
        values = [
            contacts[pk].custom_values.get("size") if name == "custom.size" else contacts[pk].price
            for pk in whole
        ]
        known = [float(value) for value in values if value is not None]
        assert values[len(known) :] == [None] * (30 - len(known))
        assert known == sorted(known, reverse=sort.startswith("-"))


def test_a_forged_cursor_is_refused(contacts: dict[int, Contact], cast: Cast) -> None:
    from realtime.functions.pages import encode_cursor

    for sort, value in (("price", "x"), ("price", [1]), ("-custom.size", {}), ("owner_id", None)):
        cursor = encode_cursor((sort, "-id" if sort[0] == "-" else "id"), [value, "y"])
        assert refusal(cast.olivia, sort=sort, cursor=cursor).keys() == {"cursor"}
    assert refusal(cast.olivia, sort="price", cursor="nonsense").keys() == {"cursor"}


def test_only_visible_records_match(contacts: dict[int, Contact], cast: Cast) -> None:
    everything: dict[str, Any] = {"all": []}
    assert len(search(cast.olivia, filter=everything)["data"]) == 30
    mine = search(cast.alice, filter={"field": "owner_id", "op": "is_not_me"})
    assert mine["data"] == []
    ours = search(cast.lea, filter={"field": "team_id", "op": "my_teams"})["data"]
    assert {row["owner_name"] for row in ours} == {"Alice"}
    archived = Contact.objects.filter(owner_id=cast.alice.member_id).first()
    assert archived is not None
    Contact.objects.filter(pk=archived.pk).update(archived_at=NOW)
    assert [row["id"] for row in search(cast.alice, archived=True)["data"]] == [archived.pk]


@pytest.mark.parametrize(
    ("node", "param"),
    [
        ({"field": "nothing", "op": "is", "value": 1}, "filter.field"),
        ({"all": [{"field": "custom.nothing", "op": "empty"}]}, "filter.all.0.field"),
        (
            {"any": [{"all": [{"field": "stage_id", "op": "contains", "value": "x"}]}]},
            "filter.any.0.all.0.op",
        ),
        ({"field": "stage_id", "op": "is", "value": "x"}, "filter.value"),
        ({"field": "stage_id", "op": "any_of", "value": []}, "filter.value"),
        ({"field": "stage_id", "op": "any_of", "value": [1, True]}, "filter.value.1"),
        ({"field": "price", "op": "between", "value": [1]}, "filter.value"),
        ({"field": "price", "op": "between", "value": [1, "x"]}, "filter.value.1"),
        ({"field": "email", "op": "contains", "value": "  "}, "filter.value"),
        ({"field": "owner_id", "op": "is_me", "value": 3}, "filter.value"),
        ({"field": "time_frame", "op": "is", "value": "soon"}, "filter.value"),
        ({"field": "created_at", "op": "before", "value": "2026-02-30"}, "filter.value"),
        ({"field": "created_at", "op": "before", "value": "2026-05-01T10:00:00"}, "filter.value"),
        ({"field": "created_at", "op": "within", "value": "this_decade"}, "filter.value"),
        ({"field": "created_at", "op": "in_last", "value": 30}, "filter.value"),
        ({"field": "created_at", "op": "overdue"}, "filter.op"),
    ],
)
def test_mistakes_are_named_by_their_place(acme: str, cast: Cast, node: Any, param: str) -> None:
    assert refusal(cast.alice, filter=node).keys() == {param}


@pytest.mark.parametrize(
    "node",
    [
        {},
        [],
        {"all": [{}]},
        {"all": [], "any": []},
        {"field": "x; DROP TABLE", "op": "is", "value": 1},
        {"field": "email", "op": "like", "value": "x"},
        {"field": "email", "op": "is", "value": "x" * 201},
        {"field": "stage_id", "op": "any_of", "value": [1] * 101},
        {"field": "created_at", "op": "in_last", "value": {"count": 0, "unit": "day"}},
        {"field": "price", "op": "is", "value": {"count": 1, "unit": "day", "more": 1}},
    ],
)
def test_what_is_no_filter_is_refused(acme: str, cast: Cast, node: Any) -> None:
    assert all(param.startswith("filter") for param in refusal(cast.alice, filter=node))


def test_size_and_depth_are_bounded(acme: str, cast: Cast) -> None:
    leaf: Any = {"field": "email", "op": "empty"}
    deep = leaf
    for _ in range(4):
        deep = {"all": [deep]}
    assert search(cast.alice, filter=deep)["data"] == []
    assert "nested" in refusal(cast.alice, filter={"any": [deep]})["filter"]
    wide = {"all": [{"any": [leaf] * 20}, {"any": [leaf] * 20}]}
    assert search(cast.alice, filter=wide)["data"] == []
    assert "40 conditions" in refusal(cast.alice, filter={"all": [wide, leaf]})["filter"]
    for _ in range(3000):
        deep = {"all": [deep]}
    with pytest.raises((InvalidInput, RecursionError)):
        search(cast.alice, filter=deep)
    assert refusal(cast.alice, time_zone="Mars/Base").keys() == {"time_zone"}
    assert refusal(cast.alice, sort="tags").keys() == {"sort"}


def hide(cast: Cast, object: str, field: str) -> None:
    args = {"role_id": Role.objects.get(key="agent").pk, "object": object, "field": field, "level": "hidden"}
    call("roles.set_field_permission", cast.olivia.context(), args)


def test_hidden_fields_are_as_good_as_absent(acme: str, cast: Cast) -> None:
    """Not to filter by and not to sort by; the refusal is that of a field that there never was."""
    define(cast, label="Salary", type="number")
    for field in ("email", "company_id", "custom.salary"):
        hide(cast, "contact", field)
    hide(cast, "company", "domain")
    absent = refusal(cast.alice, filter={"field": "custom.nothing", "op": "empty"})["filter.field"]
    for field in ("email", "company_id", "company.city", "custom.salary"):
        told = refusal(cast.alice, filter={"field": field, "op": "empty"})["filter.field"]
        assert told.replace(field, "custom.nothing") == absent
        assert search(cast.olivia, filter={"field": field, "op": "empty"})["data"] == []
    for sort in ("email", "-company_id", "custom.salary"):
        assert refusal(cast.alice, sort=sort).keys() == {"sort"}
    assert search(cast.olivia, filter={"field": "company.domain", "op": "empty"})["data"] == []


def test_a_company_out_of_sight_is_no_company(acme: str, cast: Cast) -> None:
    firm = call("companies.create_company", cast.bob.context(), {"name": "Firm", "city": "Bern"})
    made = call("contacts.create_contact", cast.olivia.context(), {
        "first_name": "Ada", "company_id": firm["id"], "owner_id": cast.lea.member_id,
    })  # fmt: skip
    there = {"field": "company.city", "op": "is", "value": "Bern"}
    gone = {"field": "company.city", "op": "empty"}
    for person, node in ((cast.olivia, there), (cast.lea, gone)):
        assert [row["id"] for row in search(person, filter=node)["data"]] == [made["id"]]
    for person, node in ((cast.olivia, gone), (cast.lea, there)):
        assert search(person, filter=node)["data"] == []


def statements(person: Person, **args: Any) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        search(person, **args)
    return [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"] and "READ ONLY" not in q["sql"]]


def test_statements(contacts: dict[int, Contact], cast: Cast) -> None:
    """One for the scope, one for the rows, one more for a search or for custom fields; none of them counts.

    Once in a while one finds how far such a list looks (``crm.filters.window``).
    """
    plain = {"field": "stage_id", "op": "not_empty"}
    custom = {
        "all": [{"field": "custom.size", "op": "more", "value": 1}, {"field": "custom.word", "op": "empty"}]
    }
    assert len(statements(cast.lea, filter=plain)) == 3
    assert len(statements(cast.lea, filter=plain)) == 2
    assert len(statements(cast.lea, filter=plain, search="N")) == 3
    found = statements(cast.lea, filter=custom, sort="custom.day")
    assert len(found) == 3
    assert not any("COUNT(" in sql for sql in found)


@pytest.mark.parametrize("object", ["contact", "company", "deal", "task"])
def test_every_field_filters_and_sorts(acme: str, cast: Cast, object: str) -> None:
    """With each operator that asks for no value, and as a sort if it is one."""
    catalog: Catalog = catalog_of(object)
    ctx = cast.olivia.context
    for field in catalog.fields:
        for op in {"empty", "not_empty", "is_me", "my_teams", "overdue"} & set(field.operators):
            call(catalog.search, ctx(), {"filter": {"field": field.key, "op": op}})
        for direction in ("", "-") if field.sort else ():
            call(catalog.search, ctx(), {"sort": f"{direction}{field.key}"})


def test_relative_dates_end_at_midnight(acme: str, cast: Cast) -> None:
    ctx = cast.alice.context()
    ctx.clock = NOW
    node = {"field": "created_at", "op": "in_last", "value": {"count": 3}}
    call("contacts.search_contacts", ctx, {"filter": node, "time_zone": "America/New_York"})
    assert ctx.expires_at == datetime(2026, 5, 21, 4, tzinfo=UTC)
    fixed = cast.alice.context()
    node = {"field": "created_at", "op": "before", "value": "2026-05-01"}
    call("contacts.search_contacts", fixed, {"filter": node})
    assert (fixed.reads_clock, fixed.expires_at) == (False, None)


def test_overdue_tasks_come_when_they_fall_due(acme: str, cast: Cast) -> None:
    due = NOW + timedelta(minutes=5)
    Task.objects.create(title="Call", due_at=due, owner_id=cast.alice.member_id)
    Task.objects.create(title="Done", due_at=NOW - timedelta(1), done_at=NOW, owner_id=cast.alice.member_id)
    args = {"filter": {"field": "due_at", "op": "overdue"}}
    ctx = cast.alice.context()
    ctx.clock = NOW
    assert call("tasks.search_tasks", ctx, args)["data"] == []
    assert ctx.expires_at == due
    ctx = cast.alice.context()
    ctx.clock = due + timedelta(seconds=1)
    assert [row["title"] for row in call("tasks.search_tasks", ctx, args)["data"]] == ["Call"]


def test_is_me_is_ones_own_answer(acme: str, cast: Cast) -> None:
    """Members share answers that look at nothing of theirs."""
    shared, own = cast.olivia.context(), cast.olivia.context()
    call("contacts.search_contacts", shared, {"filter": {"field": "source", "op": "empty"}})
    call("contacts.search_contacts", own, {"filter": {"field": "owner_id", "op": "is_me"}})
    assert (shared.observed, own.observed) == (set(), {"member_id"})


@pytest.fixture
def many(acme: str, cast: Cast) -> None:
    """A table that is worth an index: Alice has one in four, one in a hundred is gold."""
    define(cast, label="Plan", type="choice", options=[{"label": "gold"}, {"label": "tin"}])
    stages = list(ContactStage.objects.values_list("id", flat=True))
    alice, bob = (cast.alice.member_id, cast.teams["North"]), (cast.bob.member_id, cast.teams["South"])
    rows = []
    for n in range(8000):
        owner, team = alice if n % 4 == 0 else bob
        rows.append(
            Contact(
                full_name=f"N{n}", stage_id=stages[n % len(stages)], owner_id=owner, team_id=team,
                last_activity_at=timezone.now() - timedelta(minutes=n),
                custom_values={"plan": "gold" if n % 100 == 7 else "tin"}, tags=["vip"] if n % 200 == 3 else [],
            )
        )  # fmt: skip
    Contact.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        # What waits to be sorted into a GIN index makes it dear; autovacuum would do so at some time or other.
        for index in ("contact_custom", "contact_by_tag"):
            cursor.execute("SELECT gin_clean_pending_list(%s)", [index])
        cursor.execute("ANALYZE contacts_contact")


def plan(person: Person, in_order: bool = True, **args: Any) -> str:
    # Where a window would end is no part of the list.
    sql = next(
        sql
        for sql in statements(person, **args)
        if '"contacts_contact"."email"' in sql and "OFFSET" not in sql
    )
    return explain(sql, in_order=in_order)


def test_filters_read_indexes(many: None, cast: Cast) -> None:
    """Own, team and all by their visibility index in order; what few have by its own index; never the whole table."""
    stage = ContactStage.objects.values_list("id", flat=True)[1]
    in_stage = {"field": "stage_id", "op": "is", "value": stage}
    recent = {"field": "last_activity_at", "op": "in_last", "value": {"count": 30}}
    mine = {"field": "owner_id", "op": "is_me"}
    gold = {"field": "custom.plan", "op": "is", "value": "gold"}
    vip = {"field": "tags", "op": "any_of", "value": ["vip"]}
    expected: list[tuple[Person, Any, str, bool]] = [
        (cast.olivia, in_stage, "contact_all", True),
        (cast.lea, in_stage, "contact_team", True),
        (cast.alice, in_stage, "contact_own", True),
        (cast.olivia, recent, "contact_all", True),
        (cast.alice, recent, "contact_own", True),
        (cast.olivia, {"all": [mine, in_stage]}, "contact_", True),
        (cast.olivia, gold, "contact_custom", False),
        (cast.olivia, vip, "contact_by_tag", False),
    ]
    for person, node, index, in_order in expected:
        found = plan(person, in_order, filter=node)
        assert index in found, found
        assert "Seq Scan on contacts_contact " not in found, found
        assert not in_order or "Sort" not in found, found
    by_name = plan(cast.lea, filter=in_stage, sort="full_name")
    assert "contact_name_team" in by_name, by_name


def test_the_next_task_is_that_which_one_sees(acme: str, cast: Cast) -> None:
    made = call("contacts.create_contact", cast.alice.context(), {"first_name": "Ada"})
    soon = (timezone.now() + timedelta(days=2)).isoformat()
    call(
        "tasks.create_task",
        cast.olivia.context(),
        {"title": "Call", "due_at": soon, "contact_id": made["id"]},
    )
    node = {"field": "next_task_due_at", "op": "in_next", "value": {"count": 9}}
    for person, op, count in ((cast.olivia, node, 1), (cast.alice, node, 0)):
        assert len(search(person, filter=op)["data"]) == count
        assert len(search(person, filter={"field": "next_task_due_at", "op": "empty"})["data"]) == 1 - count
        assert len(search(person, sort="next_task_due_at")["data"]) == count
