"""Query shapes that count, group, rank and combine: aggregates, windows, expressions, set operations."""

from django.db.models import Avg, Case, Count, F, IntegerField, Max, Min, Q, Sum, Value, When, Window
from django.db.models.functions import Concat, ExtractYear, Lower, RowNumber, TruncDate

from accounts.roles.models import Member, Team
from crm.companies.models import Company
from crm.contacts.models import Contact
from crm.deals.models import Deal, Pipeline, Stage
from tests.realtime.oracle.shapes import Run, rows, shape
from tests.realtime.oracle.world import CITIES, INDUSTRIES, SOURCES, Pick


@shape
def count_contacts(pick: Pick) -> Run:
    stage = pick.number(1, 4)
    return lambda: Contact.objects.filter(stage_id=stage).count()


@shape
def count_all_companies(_pick: Pick) -> Run:
    return Company.objects.count


@shape
def deal_years(pick: Pick) -> Run:
    owner = pick.id_of(Member)
    return lambda: rows(
        Deal.objects.filter(owner=owner)
        .annotate(year=ExtractYear("closed_at"), day=TruncDate("closed_at"))
        .order_by("year", "day", "id")
        .values_list("year", "day")
    )


@shape
def deal_dates(pick: Pick) -> Run:
    status = pick.one(Stage.Kind)
    return lambda: (
        list(Deal.objects.filter(status=status).dates("close_date", "day")),
        list(Deal.objects.filter(status=status).datetimes("stage_entered_at", "day")),
    )


@shape
def sum_of_deals(pick: Pick) -> Run:
    owner, status = pick.id_of(Member), pick.one(Stage.Kind)
    return lambda: Deal.objects.filter(owner=owner, status=status).aggregate(
        total=Sum("amount"), mean=Avg("amount"), number=Count("id"), newest=Max("closed_at")
    )


@shape
def sum_of_largest_deals(pick: Pick) -> Run:
    stage = pick.id_of(Stage)
    return lambda: Deal.objects.filter(stage=stage).order_by("-amount", "id")[:3].aggregate(Sum("amount"))


@shape
def deals_by_stage(pick: Pick) -> Run:
    pipeline = pick.id_of(Pipeline)
    return lambda: rows(
        Deal.objects.filter(pipeline=pipeline)
        .values("stage")
        .annotate(number=Count("id"), total=Sum("amount"))
        .order_by("stage")
    )


@shape
def busy_owners(pick: Pick) -> Run:
    status, least = pick.one(Stage.Kind), pick.number(1, 5)
    return lambda: rows(
        Deal.objects.filter(status=status)
        .values("owner")
        .annotate(number=Count("id"))
        .filter(number__gte=least)
        .order_by("owner")
    )


@shape
def owners_by_count_or_name(pick: Pick) -> Run:
    least, source = pick.number(3, 12), pick.one(SOURCES)
    return lambda: rows(
        Contact.objects.values("source")
        .annotate(number=Count("id"))
        .filter(Q(number__gt=least) | Q(source=source))
        .order_by("source")
        .values_list("source", "number")
    )


@shape
def won_and_lost(_pick: Pick) -> Run:
    return lambda: Deal.objects.aggregate(
        won=Count("id", filter=Q(status="won")), lost=Sum("amount", filter=Q(status="lost"))
    )


@shape
def contacts_by_weight(pick: Pick) -> Run:
    source, owner = pick.one(SOURCES), pick.id_of(Member)
    weight = Case(
        When(source=source, then=Value(2)),
        When(version__gt=5, then=F("version")),
        default=Value(0),
        output_field=IntegerField(),
    )
    return lambda: rows(
        Contact.objects.filter(owner=owner)
        .annotate(weight=weight)
        .order_by("weight", "id")
        .values_list("id", "weight")
    )


@shape
def labels(pick: Pick) -> Run:
    owner = pick.id_of(Member)
    return lambda: rows(
        Contact.objects.filter(owner=owner)
        .annotate(label=Concat(Lower("full_name"), Value(": "), "source"))
        .order_by("label", "id")
        .values_list("label", flat=True)
    )


@shape
def first_contact_by_stage(pick: Pick) -> Run:
    source = pick.one(SOURCES)
    return lambda: rows(
        Contact.objects.filter(source=source)
        .order_by("stage_id", "full_name", "id")
        .distinct("stage_id")
        .values_list("stage_id", "full_name")
    )


@shape
def ranked_deals(pick: Pick) -> Run:
    pipeline = pick.id_of(Pipeline)
    nth = Window(RowNumber(), partition_by="stage_id", order_by=["-amount", "id"])
    return lambda: rows(
        Deal.objects.filter(pipeline=pipeline).annotate(nth=nth).order_by("id").values_list("id", "nth")
    )


@shape
def best_deal_by_stage(pick: Pick) -> Run:
    pipeline = pick.id_of(Pipeline)
    nth = Window(RowNumber(), partition_by="stage_id", order_by=["-amount", "id"])
    return lambda: rows(
        Deal.objects.filter(pipeline=pipeline)
        .annotate(nth=nth)
        .filter(nth=1)
        .order_by("id")
        .values_list("id", "title")
    )


@shape
def contacts_of_two_owners(pick: Pick) -> Run:
    one, other = pick.id_of(Member), pick.id_of(Member)
    return lambda: rows(
        Contact.objects.filter(owner=one)
        .values_list("id", "source")
        .union(Contact.objects.filter(owner=other).values_list("id", "source"))
        .order_by("id")[:7]
    )


@shape
def sources_in_both(pick: Pick) -> Run:
    one, other = pick.id_of(Member), pick.id_of(Member)
    return lambda: sorted(
        Contact.objects.filter(owner=one)
        .values_list("source")
        .intersection(Contact.objects.filter(owner=other).values_list("source"))
    )


@shape
def cities_without(pick: Pick) -> Run:
    industry = pick.one(INDUSTRIES)
    return lambda: sorted(
        Company.objects.values_list("city").difference(
            Company.objects.filter(industry=industry).values_list("city")
        )
    )


@shape
def words_of_all_kinds(pick: Pick) -> Run:
    team, city = pick.id_of(Team), pick.one(CITIES)
    return lambda: sorted(
        Contact.objects.filter(team=team)
        .values_list("full_name")
        .union(Company.objects.filter(city=city).values_list("name"), all=True)
    )


@shape
def lowest_version(pick: Pick) -> Run:
    team = pick.id_of(Team)
    return lambda: Company.objects.filter(team=team).aggregate(Min("version"))["version__min"]
