"""What a tracked query is recorded as: tables, conditions and columns."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q

from accounts.models import User
from accounts.roles.models import Member, Team
from crm.companies.models import Company
from crm.contacts.models import Contact, ContactStage
from crm.deals.models import Deal
from realtime.reads import ReadSet, TableRead, UndeclaredRead, active_tracker, declare_reads, track
from realtime.reads.checks import Comparison, Either, In, IsNull, NotIn, NotNull, Shown, SortKey, Window

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acme")]


def reads(run: Callable[[], Any]) -> ReadSet:
    """What the call reads."""
    with track() as tracker:
        run()
    return tracker.read_set


def read_of(run: Callable[[], Any], table: str) -> TableRead:
    """The only read of the table."""
    (found,) = [read for read in reads(run).reads if read.table == table]
    # What the rows of a result tell has tests of its own.
    return found._replace(checks=tuple(check for check in found.checks if not isinstance(check, Shown)))


def terms_of(queryset: Any) -> Any:
    """The conditions on the queryset's own table."""
    return read_of(lambda: list(queryset), queryset.model._meta.db_table).terms


def test_equalities_join_into_one_conjunction() -> None:
    found = read_of(
        lambda: list(Contact.objects.filter(owner=3, archived_at=None).values("id")), "contacts_contact"
    )
    assert found == TableRead(
        "t_acme",
        "contacts_contact",
        ((("archived_at", (None,)), ("owner_id", (3,))),),
        frozenset({"id", "owner_id", "archived_at"}),
    )


def test_alternatives_and_lists() -> None:
    assert terms_of(Contact.objects.filter(Q(owner=3) | Q(team__in=[2, 1]))) == (
        (("owner_id", (3,)),),
        (("team_id", (1, 2)),),
    )


@pytest.mark.parametrize(
    "condition",
    [
        ~Q(owner=3),
        Q(owner=3) ^ Q(team=1),
        Q(owner__gt=3),
        Q(owner=F("team")),
        Q(owner=3) | Q(full_name__contains="a"),
        Q(full_name="longer texts are not in the log"),
        Q(id__in=range(1, 200)),
        Q(id__gt=3) | Q(id__in=range(1, 20)),
        Q(archived_at__isnull=False),
    ],
    ids=str,
)
def test_what_is_no_equality_reads_the_whole_table(condition: Q) -> None:
    assert terms_of(Contact.objects.filter(condition)) is None


def test_a_list_without_values_never_holds() -> None:
    assert reads(lambda: list(Contact.objects.filter(pk__in=[]))).reads == ()
    assert terms_of(Contact.objects.filter(Q(team__in=[]) | Q(owner=3))) == ((("owner_id", (3,)),),)


def test_too_many_combinations_keep_the_more_particular_condition() -> None:
    def run() -> Any:
        return list(Contact.objects.filter(owner__in=range(1, 12), team__in=range(1, 10)))

    found = read_of(run, "contacts_contact")
    assert found.terms == ((("team_id", tuple(range(1, 10))),),)
    assert set(found.checks) == {
        In("owner_id", frozenset(range(1, 12))),
        In("team_id", frozenset(range(1, 10))),
    }


def test_long_lists_are_checks() -> None:
    found = read_of(lambda: list(Contact.objects.filter(pk__in=range(1, 100))), "contacts_contact")
    assert found.terms is None
    assert found.checks == (In("id", frozenset(range(1, 100))),)
    assert (
        read_of(lambda: list(Contact.objects.filter(pk__in=range(1, 2000))), "contacts_contact").checks == ()
    )


def test_decimals_and_choices() -> None:
    assert terms_of(Deal.objects.filter(amount=100)) is None
    assert terms_of(Deal.objects.filter(status=Deal._meta.get_field("status").choices[0][0])) == (
        (("status", ("open",)),),
    )


def test_no_row_on_the_outer_side_is_not_a_row_with_nulls() -> None:
    found = read_of(lambda: list(Contact.objects.filter(deals__isnull=True)), "deals_deal")
    assert found.terms is None
    found = read_of(lambda: list(Contact.objects.filter(deals__closed_at=None)), "deals_deal")
    assert found.terms is None


def test_joined_tables_read_their_columns() -> None:
    run = Contact.objects.filter(deals__status="won").count
    assert read_of(run, "deals_deal") == TableRead(
        "t_acme",
        "deals_deal",
        ((("status", ("won",)),),),
        frozenset({"status", "contact_id"}),
        checks=(NotNull("contact_id"),),
    )
    assert read_of(run, "contacts_contact").columns == {"id"}


def test_rows_that_are_pointed_at_matter_when_they_are_updated() -> None:
    def run() -> Any:
        return list(Contact.objects.filter(company__city="Bonn").values("id"))

    assert read_of(run, "companies_company").updates_only
    assert not read_of(run, "contacts_contact").updates_only

    # Of contacts with deals those count that a deal points at; without the deal, any contact may.
    def with_deals() -> Any:
        return list(Contact.objects.filter(deals__status="won").values("id"))

    assert read_of(with_deals, "contacts_contact").updates_only

    def without() -> Any:
        return list(Contact.objects.filter(deals__isnull=True).values("id"))

    assert not read_of(without, "contacts_contact").updates_only


@pytest.mark.parametrize(
    ("condition", "checks"),
    [
        (Q(archived_at__isnull=False), {NotNull("archived_at")}),
        (Q(version__gt=2, version__lte=5), {Comparison("version", ">", 2), Comparison("version", "<=", 5)}),
        (Q(version__range=(2, 5)), {Comparison("version", ">=", 2), Comparison("version", "<=", 5)}),
        (~Q(owner=3), {Either((NotIn("owner_id", frozenset({3})), IsNull("owner_id")))}),
        (~Q(stage__in=[1, 2]), {NotIn("stage_id", frozenset({1, 2}))}),
        (Q(owner=F("team")), {NotNull("owner_id")}),
        (
            Q(version__gt=2) | Q(owner=1),
            {Either((Comparison("version", ">", 2), In("owner_id", frozenset({1}))))},
        ),
        (~Q(version__gt=2), {Comparison("version", "<=", 2)}),
        (
            ~Q(version__range=(2, 5)),
            {Either((Comparison("version", "<", 2), Comparison("version", ">", 5)))},
        ),
        (
            ~Q(version__gt=2, stage=1),
            {Either((NotIn("stage_id", frozenset({1})), Comparison("version", "<=", 2)))},
        ),
        (~(Q(stage=3) | Q(version=1)), {NotIn("stage_id", frozenset({3})), NotIn("version", frozenset({1}))}),
        (Q(owner=3) ^ Q(team=1), set()),
        (Q(version__gt=2) | Q(full_name="b"), set()),
        (Q(full_name__gt="a"), set()),
        # Every row is greater than what the column can't hold, for Django even one with NULL.
        (Q(next_task_owner_id__gt=-(2**70)), set()),
    ],
    ids=lambda value: str(value) if isinstance(value, Q) else "checks",
)
def test_checks(condition: Q, checks: set[Any]) -> None:
    found = read_of(lambda: list(Contact.objects.filter(condition).values("id")), "contacts_contact")
    assert set(found.checks) == checks


def test_sub_queries_have_conditions_of_their_own() -> None:
    deals = Deal.objects.filter(contact=OuterRef("pk"), status="won")
    run = Contact.objects.filter(Exists(deals), owner=2).count
    assert read_of(run, "deals_deal").terms == ((("status", ("won",)),),)
    assert read_of(run, "deals_deal").columns == {"status", "contact_id"}
    assert read_of(run, "contacts_contact").terms == ((("owner_id", (2,)),),)


def test_conditions_on_groups_are_no_conditions_on_rows() -> None:
    counted = Contact.objects.values("owner").annotate(number=Count("id"))
    assert terms_of(counted.filter(Q(number__gt=3) | Q(owner=1))) is None
    assert terms_of(counted.filter(number__gt=3, owner=1)) == ((("owner_id", (1,)),),)


def test_counting_all_reads_no_column() -> None:
    assert read_of(Company.objects.count, "companies_company").columns == frozenset()


def test_prefetch_over_a_many_to_many_table() -> None:
    found = reads(lambda: list(Member.objects.prefetch_related("teams")))
    assert {read.table for read in found.reads} == {"roles_member", "roles_team", "roles_teammember"}
    (through,) = [read for read in found.reads if read.table == "roles_teammember"]
    assert through.terms is not None
    assert through.columns == {"id", "member_id", "team_id"}


def test_public_tables_are_public() -> None:
    assert read_of(lambda: list(User.objects.filter(pk=1)), "accounts_user").schema == "public"


def test_writes_read_the_rows_that_they_choose() -> None:
    def update() -> Any:
        return Contact.objects.filter(owner=2).update(source="web")

    assert read_of(update, "contacts_contact").terms == ((("owner_id", (2,)),),)

    def delete() -> Any:
        return Contact.objects.filter(company__city="Bonn").delete()

    assert read_of(delete, "companies_company").terms is None
    assert reads(lambda: Team.objects.create(name="West")).reads == ()


def test_sql_that_no_compiler_wrote_must_be_declared() -> None:
    with pytest.raises(UndeclaredRead), track():
        list(Contact.objects.raw("SELECT * FROM contacts_contact"))
    with pytest.raises(UndeclaredRead), track(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM contacts_contact")
    with pytest.raises(UndeclaredRead), track():
        list(Contact.objects.extra(where=["owner_id = 1"]))
    with track() as tracker, declare_reads(tables=[Contact]):
        list(Contact.objects.raw("SELECT * FROM contacts_contact"))
    assert tracker.read_set.reads == (TableRead("t_acme", "contacts_contact", None, None),)


def test_undeclared_sql_reads_everything_where_that_is_no_error(settings: Any) -> None:
    settings.STRICT_READS = False
    found = reads(lambda: list(Contact.objects.raw("SELECT * FROM contacts_contact")))
    assert {"contacts_contact", "deals_deal", "accounts_user"} <= {read.table for read in found.reads}
    assert {read.terms for read in found.reads} == {None}


def test_what_only_compiles_reads_nothing() -> None:
    assert reads(lambda: str(Contact.objects.filter(owner=1).query)).reads == ()


def test_trackers_nest() -> None:
    with track() as outer:
        Contact.objects.count()
        with track() as inner:
            Company.objects.count()
    assert [read.table for read in inner.read_set.reads] == ["companies_company"]
    assert [read.table for read in outer.read_set.reads] == ["contacts_contact", "companies_company"]
    assert active_tracker() is None


def test_a_tracker_follows_into_threads() -> None:
    async def run() -> ReadSet:
        with track() as tracker:
            await sync_to_async(lambda: str(Contact.objects.filter(owner=1).query))()
            assert await sync_to_async(active_tracker)() is tracker
        return tracker.read_set

    assert asyncio.run(run()).reads == ()


def test_a_whole_read_covers_the_others() -> None:
    def run() -> None:
        list(Contact.objects.filter(owner=1).values("owner").iterator())
        list(Contact.objects.filter(owner=2).values("owner").iterator())
        list(Contact.objects.values("owner").iterator())

    assert [read.terms for read in reads(run).reads] == [None]


def create_stages(count: int) -> None:
    ContactStage.objects.all().delete()
    ContactStage.objects.bulk_create(
        [ContactStage(name=f"Stage {number}", position=number) for number in range(count)]
    )


def test_a_full_page_ends_with_its_last_row() -> None:
    create_stages(5)
    page = ContactStage.objects.order_by("-position", "name").values_list("name")
    found: list[Any] = []
    read = read_of(lambda: found.extend(page[:3]), "contacts_contactstage")
    assert found == [("Stage 4",), ("Stage 3",), ("Stage 2",)]
    # The order of texts is the collation's, so the name is left out and rows of the same position pass.
    assert read.checks == (Window((SortKey("position", True, True, 2),)),)
    assert read_of(lambda: list(page[:6]), "contacts_contactstage").checks == ()
    assert read_of(lambda: list(page.distinct()[:3]), "contacts_contactstage").checks == ()
    assert read_of(lambda: list(page.iterator()), "contacts_contactstage").checks == ()


def test_models_of_a_page_are_whole() -> None:
    create_stages(3)
    with track():
        (stage,) = ContactStage.objects.only("name").order_by("-position")[:1]
    assert (stage.name, stage.get_deferred_fields()) == ("Stage 2", {"position"})
