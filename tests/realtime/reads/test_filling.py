"""Conditions filled in from a statement's parameters equal those that are worked out from its WHERE nodes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Count, Exists, OuterRef, Q, Value

from crm.companies.models import Company
from crm.contacts.models import Contact
from crm.deals.models import Deal
from crm.tasks.models import Task
from realtime.reads import ReadSet, filling, shapes, track

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acme")]

NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)
CONTACTS = Contact.objects.all()
Make = Callable[[int], Any]


def read_set(queryset: Any) -> ReadSet:
    with track() as tracker:
        list(queryset) if hasattr(queryset, "query") else queryset()
    return tracker.read_set


def worked_out(monkeypatch: pytest.MonkeyPatch, queryset: Any) -> ReadSet:
    """The read set of a statement of which nothing is known."""
    with monkeypatch.context() as patch:
        patch.setattr("realtime.reads.backend.compiler.fill_of", lambda *_: None)
        shapes.forget()
        found = read_set(queryset)
    shapes.forget()
    return found


def moment(number: int) -> datetime:
    return NOW + timedelta(days=number, microseconds=number)


MADE: dict[str, Make] = {
    "one": lambda n: CONTACTS.filter(pk=n),
    "equal values": lambda n: CONTACTS.filter(owner=1, team=n % 2, stage=1),
    "or": lambda n: CONTACTS.filter(Q(owner=n) | Q(team__in=[n + 1, n + 2]), archived_at=None),
    "lists with repeats and none": lambda n: CONTACTS.filter(owner__in=[n, n, None, 7]),
    "excluded": lambda n: CONTACTS.exclude(stage=n).exclude(owner__in=[n, 3]).order_by("-id")[:3],
    "limits": lambda n: CONTACTS.filter(pk__gte=n, version__lt=n + 5, created_at__range=(NOW, moment(n))),
    "moments": lambda n: CONTACTS.filter(Q(created_at__gt=moment(n)) | Q(last_activity_at=moment(n))),
    "texts": lambda n: CONTACTS.filter(full_name=f"Ann {n}", external_id=f"{n}"),
    "selected values before": lambda n: (
        CONTACTS.annotate(one=Value(n)).filter(owner=n + 1).values("one", "id")
    ),
    "joined": lambda n: Deal.objects.filter(company__owner=n, stage__id=n + 1).select_related("owner")[:5],
    "outer": lambda n: CONTACTS.filter(Q(company__owner=n) | Q(company=None)),
    "sub-query": lambda n: CONTACTS.filter(company__in=Company.objects.filter(owner=n), team=n + 1),
    "exists": lambda n: CONTACTS.filter(
        Exists(Task.objects.filter(contact=OuterRef("pk"), owner=n)), stage=n + 1
    ),
    "union": lambda n: CONTACTS.filter(owner=n).values("id").union(CONTACTS.filter(owner=n + 1).values("id")),
    "groups": lambda n: CONTACTS.filter(owner=n).values("stage").annotate(of=Count("id")).filter(of__gt=n),
    "meeting": lambda n: CONTACTS.filter(owner=n).filter(owner__in=[n, n + 1]),
    "one lookup twice": lambda n: (lambda q: CONTACTS.filter(q, Q(team=1) | q))(Q(stage=n)),
    "counted": lambda n: lambda: CONTACTS.filter(owner=n, team__in=[n, n + 9]).count(),
    "sums": lambda n: lambda: CONTACTS.filter(owner=n)[: n + 2].aggregate(Count("id")),
}


@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
def test_filled_in_equals_worked_out(monkeypatch: pytest.MonkeyPatch, make: Make) -> None:
    expected = [worked_out(monkeypatch, make(number)) for number in range(4)]
    # The first is learned from, whichever it is; the others are filled in.
    for first in (0, 3):
        shapes.forget()
        read_set(make(first))
        assert [read_set(make(number)) for number in range(4)] == expected


def test_a_text_that_is_known_costs_no_look_at_its_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    make = MADE["or"]
    shapes.forget()
    read_set(make(1))
    monkeypatch.setattr("realtime.reads.terms.conditions_of", None)
    assert read_set(make(5)).reads[0].terms == (
        (("archived_at", (None,)), ("owner_id", (5,))),
        (("archived_at", (None,)), ("team_id", (6, 7))),
    )


def test_a_value_of_another_kind_is_worked_out() -> None:
    """A parameter that the log would print otherwise than those before."""
    shapes.forget()
    queryset = CONTACTS.filter(version=1)
    assert read_set(queryset).reads[0].terms == ((("version", (1,)),),)
    kept = shapes.SHAPES.get((queryset.query.sql_with_params()[0], True))
    assert kept is not None
    assert kept.fill is not None
    (found,) = kept.fill
    assert filling.conditions(found, [2])["contacts_contact"].terms == ((("version", (2,)),),)
    for value in (True, "2", None):
        with pytest.raises(TypeError):
            filling.conditions(found, [value])
