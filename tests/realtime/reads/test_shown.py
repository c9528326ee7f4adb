"""What the rows of a result tell about the rows that can still alter it."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Count, Exists, F, Func, OuterRef, Subquery, TextField, Window
from django.utils import timezone

from accounts.roles.models import Member
from crm.companies.models import Company
from crm.contacts.models import Contact, ContactStage
from crm.deals.models import Deal
from realtime.changes.change import Change
from realtime.reads import TableRead, track
from realtime.reads.checks import In, Shown
from realtime.reads.checks import Window as PageEnd

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acme")]


class Concatenated(Func):
    """Nobody knows what it does."""

    function = "array_to_string"
    template = "%(function)s(%(expressions)s, ' ')"


@pytest.fixture
def two() -> list[int]:
    """Ids of two contacts: one with company, owner and deal, one without."""
    stage = ContactStage.objects.order_by("id")[0]
    owner = Member.objects.order_by("id")[0]
    company = Company.objects.create(name="Firm")
    one = Contact.objects.create(
        first_name="A", stage=stage, company=company, owner=owner, last_activity_at=timezone.now()
    )
    other = Contact.objects.create(first_name="B", stage=stage, last_activity_at=timezone.now())
    return [one.pk, other.pk]


def reads_of(queryset: Any) -> dict[str, TableRead]:
    """The reads of the queryset's run by table."""
    with track() as tracker:
        list(queryset)
    return {read.table: read for read in tracker.read_set.reads}


def shown_in(read: TableRead) -> Shown | None:
    return next((check for check in read.checks if isinstance(check, Shown)), None)


def test_a_list_knows_its_rows_and_what_decides_on_them(two: list[int]) -> None:
    read = reads_of(Contact.objects.filter(archived_at=None).order_by("-version").values("first_name")[:9])
    shown = shown_in(read["contacts_contact"])
    assert shown == Shown("id", frozenset(two), frozenset({"archived_at", "version"}), True)


@pytest.mark.parametrize("time", ["2026-05-03 04:05:06.120000", "2026-05-03 04:05:06", "0101-01-01 00:00:00"])
def test_a_page_ends_at_the_same_time_whether_it_selects_the_time_or_not(two: list[int], time: str) -> None:
    """Which is read as PostgreSQL's text where it is only read for the page's end."""
    moment = dt.datetime.fromisoformat(time).replace(tzinfo=dt.UTC)
    Contact.objects.update(last_activity_at=moment)
    page = Contact.objects.order_by("-last_activity_at", "-id")[:2]
    told = end_of(reads_of(page.values("id", "last_activity_at")))
    assert end_of(reads_of(page.values("first_name"))) == told
    assert [key.column for key in told.keys] == ["last_activity_at", "id"]
    assert told.keys[0].last == moment.isoformat().replace(".120000", ".12")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'Asia/Tokyo'")
    assert end_of(reads_of(page.values("first_name"))) is None, "better none than one that is nine hours off"


def end_of(reads: dict[str, TableRead]) -> Any:
    """The window of the page of contacts, None if it has none."""
    checks = reads["contacts_contact"].checks
    return next((check for check in checks if isinstance(check, PageEnd)), None)


def test_values_are_those_that_were_asked_for(two: list[int]) -> None:
    with track():
        assert list(Contact.objects.order_by("id").values_list("first_name")) == [("A",), ("B",)]
        assert [c.company.name for c in Contact.objects.select_related("company") if c.company] == ["Firm"]


@pytest.mark.parametrize(
    "queryset",
    [
        Contact.objects.values("stage").annotate(number=Count("id")),
        Contact.objects.values("stage").distinct(),
        Contact.objects.filter(owner=1).values("id").union(Contact.objects.values("id")),
        Contact.objects.order_by("version", F("stage") + 1).values("id")[:5],
    ],
    ids=["groups", "distinct", "union", "a page by an expression"],
)
def test_what_is_no_plain_list_knows_nothing(two: list[int], queryset: Any) -> None:
    assert shown_in(reads_of(queryset)["contacts_contact"]) is None


UNNESTED = Func(F("tags"), function="unnest", output_field=TextField())


@pytest.mark.parametrize(
    "queryset",
    [
        Contact.objects.annotate(tag=UNNESTED).values("id", "tag"),
        Contact.objects.order_by(UNNESTED).values("id"),
        Contact.objects.order_by("id", Concatenated("tags")).values("id"),
    ],
    ids=["selected", "ordered by", "of a class of one's own"],
)
def test_a_row_that_is_made_into_none_is_not_shown_and_matters(two: list[int], queryset: Any) -> None:
    read = reads_of(queryset)["contacts_contact"]
    assert shown_in(read) is None
    change = Change(1, 1, read.schema, read.table, "U", two[0], frozenset({"tags"}), {}, {})
    assert read.touched_by(change)


def test_a_page_in_whose_order_a_window_decides_has_no_end(two: list[int]) -> None:
    number = Window(Count("id"), partition_by="owner_id")
    read = reads_of(Contact.objects.order_by("stage_id", number, "id").values("id")[:1])["contacts_contact"]
    assert not read.checks


def test_a_day_that_is_compared_with_a_moment_is_not_looked_up(two: list[int]) -> None:
    same = Deal.objects.filter(close_date=OuterRef("last_activity_at")).order_by("id").values("id")
    read = reads_of(Contact.objects.annotate(same=ArraySubquery(same)).values_list("id", "same"))
    assert read["deals_deal"].terms is None


def test_joined_rows_matter_if_they_are_pointed_at(two: list[int]) -> None:
    company, owner = Contact.objects.filter(pk=two[0]).values_list("company", "owner")[0]
    found = reads_of(Contact.objects.values("id", "company__name", "owner__name"))
    assert found["companies_company"].terms == ((("id", (company,)),),)
    assert found["roles_member"].terms == ((("id", (owner,)),),)
    found = reads_of(Contact.objects.filter(pk=two[1]).values("company__name"))
    assert found["companies_company"].terms == ()


def test_rows_that_point_at_shown_ones(two: list[int]) -> None:
    read = reads_of(Contact.objects.order_by("id").values("id", "deals__title"))["deals_deal"]
    assert read.terms == ((("contact_id", tuple(sorted(two))),),)


@pytest.mark.parametrize(
    "queryset",
    [
        Contact.objects.filter(company__city="Bonn"),
        Contact.objects.order_by("company__version", "id").values("company__name")[:5],
        Contact.objects.filter(company__owner__name="x").values("company__name"),
    ],
    ids=["chosen by", "sorted by", "chosen by what it points at"],
)
def test_joins_that_decide_are_free_of_that(two: list[int], queryset: Any) -> None:
    read = reads_of(queryset)["companies_company"]
    assert read.terms is None
    assert not any(isinstance(check, In) for check in read.checks)


def test_a_sub_query_of_the_select_list_is_asked_for_the_shown_rows(two: list[int]) -> None:
    deals = Deal.objects.filter(contact=OuterRef("pk"))
    for annotation in (Subquery(deals.order_by("id").values("title")[:1]), Exists(deals)):
        read = reads_of(Contact.objects.annotate(found=annotation).values("id", "found"))["deals_deal"]
        assert read.terms == ((("contact_id", tuple(sorted(two))),),)
        chosen = Contact.objects.annotate(found=annotation).exclude(found=None).values("id")
        assert any(read.terms is None for read in _all(chosen) if read.table == "deals_deal")


def _all(queryset: Any) -> list[TableRead]:
    with track() as tracker:
        list(queryset)
    return list(tracker.read_set.reads)


def change(op: str, pk: int, *columns: str) -> Change:
    row = {"id": pk, "archived_at": None}
    old, new = (None if op == "I" else row), (None if op == "D" else row)
    return Change(1, 1, "t_acme", "contacts_contact", op, pk, frozenset(columns), old, new)


def test_which_changes_matter(two: list[int]) -> None:
    listed = Contact.objects.filter(archived_at=None).order_by("version").values("first_name")
    read = reads_of(listed)["contacts_contact"]
    assert read.touched_by(change("D", two[0]))
    assert not read.touched_by(change("D", 999))
    assert read.touched_by(change("I", 999))
    assert read.touched_by(change("U", two[0], "first_name"))
    assert not read.touched_by(change("U", 999, "first_name"))
    assert read.touched_by(change("U", 999, "archived_at"))
    # Without what is before a page it is another page.
    second = reads_of(listed.all()[1:5])["contacts_contact"]
    assert second.touched_by(change("D", 999))
    assert not second.touched_by(change("U", 999, "first_name"))
