"""The SQL of a filter admits the records that its meaning in plain Python admits: random filters, random records."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.companies.models import Company
from crm.contacts.models import Contact, ContactStage
from crm.contacts.searching import CATALOG as CONTACTS
from crm.filters.catalogs import Finder
from crm.filters.compile import compile_filter
from crm.filters.dates import PERIODS
from crm.filters.fields import OPERATORS, SPANS, FilterField, Kind
from crm.filters.grammar import AllOf, AnyOf, Condition, Filter, Span
from crm.tasks.models import Task
from crm.tasks.searching import CATALOG as TASKS
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.filters.evaluator import Reference

NOWS = [datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 12, 31, 23, 15, tzinfo=UTC),
        datetime(2024, 2, 29, 12, tzinfo=UTC)]  # fmt: skip
ZONES = [
    ZoneInfo("UTC"),
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("America/Los_Angeles"),
    ZoneInfo("Pacific/Auckland"),
]
WORDS = ["", "ab", "AB", "aB c", "a%b", "a_b", "é", "b"]
TAGS = ["vip", "Cold", "new lead"]
CUSTOM = {
    "note": ("text", {}),
    "size": ("number", {}),
    "born": ("date", {}),
    "seen": ("datetime", {}),
    "paid": ("yes_no", {}),
    "heat": ("choice", {"options": [{"label": "hot"}, {"label": "cold"}]}),
    "likes": ("choices", {"options": [{"label": "sea"}, {"label": "hill"}, {"label": "lake"}]}),
    "buddy": ("member", {}),
}


@dataclass
class Viewer:
    now_: datetime
    zone: ZoneInfo
    me: int
    teams: tuple[int, ...]

    def now(self) -> datetime:
        return self.now_

    def member_id(self) -> int:
        return self.me

    def team_ids(self) -> tuple[int, ...]:
        return self.teams


@dataclass
class World:
    records: dict[int, dict[str, Any]]
    fields: dict[str, FilterField]
    values: dict[str, list[Any]] = field(default_factory=dict)


def moments() -> list[datetime]:
    """Around every now: the very moment, a second more and less, and midnights of all zones near it."""
    found = []
    for now in NOWS:
        for zone in ZONES:
            local = now.astimezone(zone).replace(hour=0, minute=0)
            found += [
                (local + timedelta(days=n)).astimezone(UTC) for n in (-365, -31, -7, -1, 0, 1, 2, 8, 30)
            ]
        found += [now, now - timedelta(seconds=1), now + timedelta(seconds=1)]
    return found


def days() -> list[date]:
    return sorted({moment.date() + timedelta(days=n) for moment in moments() for n in (-1, 0, 1)})


def make_contacts(cast: Cast) -> World:
    for key, (kind, more) in CUSTOM.items():
        call("fields.create_custom_field", cast.olivia.context(), {
            "object": "contact", "label": key, "type": kind, **more,
        })  # fmt: skip
    stages = list(ContactStage.objects.values_list("id", flat=True))[:3]
    people = [None, cast.alice.member_id, cast.bob.member_id, cast.lea.member_id]
    teams = [None, cast.teams["North"], cast.teams["South"]]
    seen = {"owner_id": cast.lea.member_id, "team_id": cast.teams["North"]}
    company = Company.objects.create(name="Seen", city="aB c", **seen)
    empty = Company.objects.create(name="Empty", city="", **seen)
    unseen = Company.objects.create(name="Unseen", city="ab", team_id=cast.teams["South"])
    at, on = moments(), days()
    records = {}
    for n in range(len(at)):
        custom = {
            "note": WORDS[n % 7 + 1], "size": [0, 2.5, -1, 10][n % 4], "born": on[n * 3 % len(on)].isoformat(),
            "seen": at[-n].strftime("%Y-%m-%dT%H:%M:%SZ"), "paid": n % 2 == 0, "heat": ["hot", "cold"][n // 2 % 2],
            "likes": [["sea"], ["sea", "hill"], ["hill", "lake"]][n % 3], "buddy": people[n % 3 + 1],
        }  # fmt: skip
        custom = {key: value for place, (key, value) in enumerate(custom.items()) if (n + place) % 4}
        columns = {
            "full_name": WORDS[n % 8], "source": WORDS[n * 3 % 8], "stage_id": stages[n % 3],
            "owner_id": people[n % 4], "team_id": teams[n % 3], "last_activity_at": at[n],
            "price": [None, 0, 5, 99][n % 4], "tags": [[], ["vip"], ["vip", "Cold"], ["new lead"]][n % 4],
        }  # fmt: skip
        place = [None, company, empty, unseen][n // 2 % 4]
        contact = Contact.objects.create(**columns, custom_values=custom, company=place)
        shown = {**columns, "company.city": place.city if place in (company, empty) else None}
        shown |= {f"custom.{key}": value for key, value in custom.items()}
        for key, read in (("born", date.fromisoformat), ("seen", datetime.fromisoformat)):
            if key in custom:
                shown[f"custom.{key}"] = read(custom[key])
        records[contact.pk] = shown
    finder = Finder(cast.lea.context(), CONTACTS)
    keys = next(iter(records.values())).keys() | {f"custom.{key}" for key in CUSTOM}
    return World(
        records,
        {key: finder.find(key, "") for key in sorted(keys)},
        {
            "stage_id": stages,
            "owner_id": people[1:],
            "team_id": teams[1:],
            "tags": TAGS,
            "custom.buddy": people[1:],
        },
    )


def make_tasks(cast: Cast) -> World:
    records = {}
    for n, due in enumerate([None, *moments()]):
        columns = {"title": WORDS[n % 7 + 1], "kind": ["todo", "call"][n % 2], "due_at": due}
        columns["done_at"] = due if n % 3 == 0 else None
        records[Task.objects.create(**columns).pk] = columns
    finder = Finder(cast.lea.context(), TASKS)
    return World(records, {key: finder.find(key, "") for key in next(iter(records.values()))})


def conditions(world: World) -> st.SearchStrategy[Condition]:
    choices = [(f, op) for f in world.fields.values() for op in f.operators]
    return st.sampled_from(choices).flatmap(lambda pair: one_condition(world, *pair))


def one_condition(world: World, found: FilterField, op: str) -> st.SearchStrategy[Condition]:
    value = value_of(world, found, op)
    return value.map(lambda each: Condition.model_validate({"field": found.key, "op": op, "value": each}))


def value_of(world: World, found: FilterField, op: str) -> st.SearchStrategy[Any]:
    if op in ("empty", "not_empty", "is_me", "is_not_me", "my_teams", "not_my_teams", "overdue"):
        return st.none()
    if op in SPANS:
        spans = st.tuples(st.integers(1, 40), st.sampled_from(["day", "week", "month", "year"]))
        return spans.map(lambda pair: Span(count=pair[0], unit=pair[1]))
    if op == "within":
        return st.sampled_from(PERIODS)
    single = singles(world, found)
    if op == "between":
        single = (
            st.sampled_from([day.isoformat() for day in days()]) if found.kind is not Kind.NUMBER else single
        )
        return st.lists(single, min_size=2, max_size=2)
    return st.lists(single, min_size=1, max_size=3) if op in ("any_of", "none_of", "all_of") else single


def singles(world: World, found: FilterField) -> st.SearchStrategy[Any]:
    if found.key in world.values:
        return st.sampled_from(world.values[found.key])
    if found.options:
        return st.sampled_from([key for key, _label in found.options])
    texts = [day.isoformat() for day in days()]
    return {
        Kind.TEXT: st.sampled_from(WORDS[1:]),
        Kind.NUMBER: st.sampled_from([0, 2.5, -1, 5, 10, 99, 100]),
        Kind.YES_NO: st.booleans(),
        Kind.DATE: st.sampled_from(texts),
        Kind.MOMENT: st.sampled_from([*texts, *(moment.isoformat() for moment in moments())]),
    }[found.kind]


def filters(world: World) -> st.SearchStrategy[Filter]:
    """Groups up to three deep."""
    node: st.SearchStrategy[Any] = conditions(world)
    for _ in range(3):
        parts = st.lists(node, max_size=3)
        node = st.one_of(
            conditions(world),
            parts.map(lambda listed: AllOf(all=listed)),
            parts.map(lambda listed: AnyOf(any=listed)),
        )
    return node


@pytest.mark.parametrize("kind", ["contact", "task"])
def test_sql_and_plain_python_agree(acme: str, cast: Cast, kind: str) -> None:
    world = make_contacts(cast) if kind == "contact" else make_tasks(cast)
    model = Contact if kind == "contact" else Task
    finder = Finder(cast.lea.context(), CONTACTS if kind == "contact" else TASKS)
    kinds = {key: str(found.kind) for key, found in world.fields.items()}

    @settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
    @given(filters(world), st.sampled_from(NOWS), st.sampled_from(ZONES))
    def agree(node: Filter, now: datetime, zone: ZoneInfo) -> None:
        viewer = Viewer(now, zone, cast.alice.member_id, (cast.teams["North"],))
        compiled = compile_filter(node, finder.find, viewer, finder.guard)
        found = set(model._default_manager.filter(compiled.q).values_list("pk", flat=True))
        reference = Reference(kinds, now, zone, viewer.me, viewer.teams)
        wanted = {pk for pk, record in world.records.items() if reference.admits(node, record)}
        assert found == wanted

    agree()


def test_every_operator_of_every_kind_is_compared() -> None:
    """The random filters above know all of them."""
    known = {op for listed in OPERATORS.values() for op in listed}
    assert known == set(Condition.model_fields["op"].annotation.__args__)
