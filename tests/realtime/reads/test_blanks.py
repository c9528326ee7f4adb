"""Conditions of one signature share a statement, and it answers like a queryset made for their values."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db.models import F, Q, Value
from django.db.models.lookups import GreaterThan

from crm.companies.models import Company
from crm.contacts.models import Contact, ContactStage
from realtime.reads.blanks import blanked
from realtime.reads.fixed import MARK, Statements

NAMES = ["Ada", "100%", "50_0", "5000", "back\\slash", "back\\\\slash", "", "O'Neil", str(MARK), "%s"]
EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def contacts(acme: str) -> None:
    """One a name, with tags, prices and times that differ."""
    stage = ContactStage.objects.order_by("id")[0]
    firm = Company.objects.create(name="Firm", city="Bonn%")
    Contact.objects.bulk_create(
        Contact(
            full_name=name,
            stage=stage,
            tags=["vip", name][: number % 3],
            price=Decimal(number) if number % 2 else None,
            last_activity_at=EARLY if number % 2 else LATE,
            company=firm if number % 4 else None,
        )
        for number, name in enumerate(NAMES)
    )


CONDITIONS: list[list[Q]] = [
    [Q(full_name=name) for name in NAMES],
    [~Q(full_name=name) for name in NAMES],
    [Q(full_name__icontains=name) for name in NAMES],
    [Q(full_name__istartswith=name) for name in NAMES],
    [~Q(full_name__iendswith=name) for name in NAMES],
    [Q(full_name__in=[first, second]) for first, second in pairwise(NAMES)],
    [Q(tags__overlap=[name]) for name in [*NAMES, "vip"]],
    [Q(tags__contains=["vip", name]) for name in NAMES],
    [Q(price=price) for price in map(Decimal, ("1", "3", "2.5"))],
    [~Q(price__gte=price) for price in map(Decimal, ("1", "3", "2.5"))],
    [Q(last_activity_at__lt=moment) for moment in (EARLY, LATE)],
    [Q(last_activity_at__gte=EARLY, last_activity_at__lt=moment) for moment in (EARLY, LATE)],
    [
        Q(company__city=city) | Q(company__isnull=True, id__gt=least)
        for city in ("Bonn%", "")
        for least in (0, 5)
    ],
    [Q(company__city__icontains=city) & ~(Q(id=1) | Q(full_name=city)) for city in ("n%", "_", "B")],
    [Q(pk__in=[]) | Q(full_name=name) for name in NAMES],
    [Q(price__isnull=is_null) for is_null in (True, False)],
]


@pytest.mark.parametrize("conditions", CONDITIONS, ids=str)
def test_the_answers_are_the_querysets(contacts: None, conditions: list[Q]) -> None:
    statements, made = Statements(looks=True), []
    for condition in conditions:
        shape = blanked(condition)
        assert shape is not None
        assert shape.filled(shape.values) == condition

        def build(*values: Any, shape: Any = shape) -> Any:
            made.append(values)
            return Contact.objects.filter(shape.filled(values)).order_by("id").values("id", "full_name")

        expected = list(Contact.objects.filter(condition).order_by("id").values("id", "full_name"))
        assert statements.dicts(shape.signature, build, shape.values, prepares=False) == expected
        assert statements.dicts(shape.signature, build, shape.values, prepares=True) == expected
        # What is asked again has a statement of its values, which the third time finds made.
        again = Statements(looks=True)

        def same(*values: Any, shape: Any = shape) -> Any:
            return Contact.objects.filter(shape.filled(values)).order_by("id").values("id", "full_name")

        for _ in range(3):
            assert again.dicts(shape.signature, same, shape.values, prepares=False) == expected
    signatures = {blanked(condition).signature for condition in conditions}  # type: ignore[union-attr]  # all have one
    assert len(made) == 2 * len(signatures)


@pytest.mark.parametrize(
    "condition",
    [
        Q(full_name__iexact="a"),
        Q(full_name__regex="a"),
        Q(created_at__year=2026),
        Q(custom_values__contains={"plan": "gold"}),
        Q(GreaterThan(F("price"), Value(1))),
        Q(price=1.5),
        Q(id__gt=2**63),
        Q(id__in=list(range(60))),
        Q(full_name=F("first_name")),
    ],
    ids=str,
)
def test_what_is_made_anew_each_time(condition: Q) -> None:
    assert blanked(condition) is None


@pytest.mark.parametrize(
    "condition",
    [
        Q(id=Decimal("12.5")),  # Django makes a whole number of it
    ],
    ids=str,
)
def test_what_becomes_of_a_value_is_looked_at(contacts: None, condition: Q) -> None:
    statements, shape = Statements(looks=True), blanked(condition)
    assert shape is not None
    built = []

    def build(*values: Any) -> Any:
        built.append(values)
        return Contact.objects.filter(shape.filled(values)).values("id")

    for _ in range(2):
        assert statements.dicts("shape", build, shape.values) == list(
            Contact.objects.filter(condition).values("id")
        )
    assert built.count(shape.values) == 2


def test_json_is_read_as_django_reads_it(contacts: None) -> None:
    stage = ContactStage.objects.order_by("id")[0]
    given: list[Any] = [
        {}, {"a": 1.5, "b": [1, None, "ü"]}, {"long": 123456789012345678901234567890}, {"tiny": 1e-300}, {"e": "1e5"},
    ]  # fmt: skip
    made = [
        Contact.objects.create(full_name="Json", stage=stage, custom_values=values, last_activity_at=EARLY).pk
        for values in given
    ]
    rows = Contact.objects.filter(pk__in=made).order_by("id").values("id", "custom_values")

    def build(*values: Any) -> Any:
        return Contact.objects.filter(pk__in=values).order_by("id").values("id", "custom_values")

    found = Statements().dicts("json", build, made)
    assert [row["custom_values"] for row in found] == given == [row["custom_values"] for row in rows]
    found[0]["custom_values"]["mine"] = 1
    assert Statements().dicts("json", build, made)[0]["custom_values"] == {}
