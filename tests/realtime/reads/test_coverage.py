"""Each compiler and each public queryset method of the installed Django runs under a tracker.

A new Django with a new method fails here first: decide what the method reads, then add it.
"""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Count, Q, QuerySet
from django.db.models.sql import compiler as django_compiler

from crm.contacts.models import Contact, ContactStage
from realtime.reads import ReadSet, declare_reads, track
from realtime.reads.backend import compiler as recording

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acme")]

STAGES = ContactStage.objects.all()
CONTACTS = Contact.objects.all()


async def _all(iterator: Any) -> list[Any]:
    return [row async for row in iterator]


def declared(run: Callable[[], Any]) -> Any:
    with declare_reads(tables=[Contact, ContactStage]):
        return run()


def explained() -> str:
    """EXPLAIN reads nothing, but is recorded as the query that it explains."""
    return STAGES.explain()


# Methods that execute SQL.
EXECUTING: dict[str, Callable[[], Any]] = {
    "aggregate": lambda: STAGES.aggregate(Count("id")),
    "bulk_create": lambda: STAGES.bulk_create([ContactStage(name="a")]),
    "bulk_update": lambda: STAGES.bulk_update(list(STAGES[:1]), ["name"]),
    "contains": lambda: STAGES.contains(ContactStage(pk=1)),
    "count": STAGES.count,
    "create": lambda: STAGES.create(name="b"),
    "delete": lambda: STAGES.filter(pk=-1).delete(),
    "earliest": lambda: STAGES.earliest("id"),
    "exists": STAGES.exists,
    "explain": explained,
    "first": STAGES.first,
    "get": lambda: STAGES.get(pk=STAGES[0].pk),
    "get_or_create": lambda: STAGES.get_or_create(name="c"),
    "in_bulk": lambda: STAGES.in_bulk([1, 2]),
    "iterator": lambda: list(STAGES.iterator(chunk_size=1)),
    "last": STAGES.last,
    "latest": lambda: STAGES.latest("id"),
    "update": lambda: STAGES.update(position=1),
    "update_or_create": lambda: STAGES.update_or_create(name="d"),
}
# Methods that return a queryset or its parts; evaluated here.
LAZY: dict[str, Callable[[], Any]] = {
    "alias": lambda: list(STAGES.alias(n=Count("id")).filter(n=1)),
    "all": lambda: list(STAGES.all()),
    "annotate": lambda: list(STAGES.annotate(n=Count("contacts"))),
    "complex_filter": lambda: list(STAGES.complex_filter(Q(position=1))),
    "dates": lambda: list(CONTACTS.dates("created_at", "year")),
    "datetimes": lambda: list(CONTACTS.datetimes("created_at", "year")),
    "defer": lambda: list(STAGES.defer("name")),
    "difference": lambda: list(STAGES.values("id").difference(STAGES.filter(pk=1).values("id"))),
    "distinct": lambda: list(STAGES.order_by("name").distinct("name")),
    "exclude": lambda: list(STAGES.exclude(position=1)),
    "extra": lambda: declared(lambda: list(STAGES.extra(where=["position = 1"]))),
    "filter": lambda: list(STAGES.filter(position=1)),
    "intersection": lambda: list(STAGES.values("id").intersection(STAGES.filter(pk=1).values("id"))),
    "only": lambda: list(STAGES.only("name")),
    "order_by": lambda: list(STAGES.order_by("-name")),
    "prefetch_related": lambda: list(STAGES.prefetch_related("contacts")),
    "raw": lambda: declared(lambda: list(STAGES.raw("SELECT * FROM contacts_contactstage"))),
    "reverse": lambda: list(STAGES.reverse()),
    "select_for_update": lambda: list(STAGES.select_for_update()),
    "select_related": lambda: list(CONTACTS.select_related("stage")),
    "union": lambda: list(STAGES.values("id").union(STAGES.filter(pk=1).values("id"))),
    "using": lambda: list(STAGES.using("default")),
    "values": lambda: list(STAGES.values()),
    "values_list": lambda: list(STAGES.values_list("id", flat=True)),
}
READS_NOTHING = {"none": lambda: list(STAGES.none()), "create": EXECUTING["create"]}
# Attributes that are no queries.
OTHERS = {"as_manager", "db", "ordered", "query", "resolve_expression"}


def reads(run: Callable[[], Any]) -> ReadSet:
    with track() as tracker:
        run()
    return tracker.read_set


def test_all_methods_are_here() -> None:
    known = {*EXECUTING, *LAZY, *READS_NOTHING, *OTHERS}
    public = {name for name in dir(QuerySet) if not name.startswith("_")}
    assert {name for name in public if name.removeprefix("a") not in known} <= known
    assert {name for name in public if is_async_twin(name)} == {f"a{name}" for name in EXECUTING}


def is_async_twin(name: str) -> bool:
    method = getattr(QuerySet, name)
    return inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method)


@pytest.mark.parametrize("name", sorted({**EXECUTING, **LAZY}.keys() - READS_NOTHING.keys()))
def test_method_records_its_table(name: str) -> None:
    found = reads({**EXECUTING, **LAZY}[name])
    if name != "bulk_create":
        assert {"contacts_contactstage", "contacts_contact"} & {read.table for read in found.reads}


@pytest.mark.parametrize("name", sorted(READS_NOTHING))
def test_method_reads_nothing(name: str) -> None:
    assert reads(READS_NOTHING[name]).reads == ()


def test_async_methods_record_too() -> None:
    async def run() -> ReadSet:
        with track() as tracker:
            assert await STAGES.acount() is not None
            await STAGES.afirst()
            await _all(STAGES.aiterator())
            await _all(STAGES.filter(position=1))
        return tracker.read_set

    assert {read.table for read in asyncio.run(run()).reads} == {"contacts_contactstage"}


def test_every_compiler_has_a_recording_one() -> None:
    names = {name for name in vars(django_compiler) if name.endswith("Compiler")}
    assert names == {name for name in vars(recording) if name.startswith("SQL") and name.endswith("Compiler")}
    for name in names:
        assert issubclass(getattr(recording, name), (recording.Recording, getattr(django_compiler, name)))
