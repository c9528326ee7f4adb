"""Query shapes from the corners of the ORM: arrays, JSON, text search, windows, a table joined with itself."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Greatest, JSONObject, Lag, Length, Rank, TruncMonth

from accounts.roles.models import Member, Team
from crm.companies.models import Company
from crm.contacts.models import Contact
from crm.deals.models import Deal, Pipeline, Stage
from crm.tasks.models import Task
from tests.realtime.oracle.shapes import Run, rows, shape
from tests.realtime.oracle.world import CITIES, LABELS, SOURCES, Pick


@shape
def tags_one_by_one(pick: Pick) -> Run:
    """A function that makes several rows of one, or none."""
    owner = pick.id_of(Member)
    each = Func(F("tags"), function="unnest", output_field=TextField())
    return lambda: sorted(Contact.objects.filter(owner=owner).annotate(tag=each).values_list("id", "tag"))


@shape
def first_tags_of_newest(pick: Pick) -> Run:
    number = pick.number(2, 6)
    each = Func(F("tags"), function="unnest", output_field=TextField())
    return lambda: rows(
        Contact.objects.annotate(tag=each)
        .order_by("-last_activity_at", "-id", "tag")
        .values_list("id", "tag")[:number]
    )


@shape
def tagged_contacts(pick: Pick) -> Run:
    one, other = pick.one(LABELS), pick.one(LABELS)
    return lambda: rows(
        Contact.objects.filter(Q(tags__contains=[one]) | Q(tags__len=0), ~Q(tags__overlap=[other]))
        .order_by("id")
        .values_list("id", "tags")[:12]
    )


@shape
def contacts_by_first_tag(pick: Pick) -> Run:
    tag = pick.one(LABELS)
    return lambda: rows(Contact.objects.filter(tags__0=tag).order_by("id").values_list("id", "full_name"))


@shape
def contacts_by_custom_value(pick: Pick) -> Run:
    size, owner = pick.number(1, 4), pick.id_of(Member)
    return lambda: rows(
        Contact.objects.filter(Q(custom_values__size=size) | Q(custom_values__has_key="plan", owner=owner))
        .exclude(custom_values__plan="XL")
        .order_by("custom_values__size", "id")
        .values_list("id", "custom_values__plan")[:9]
    )


@shape
def custom_sizes(pick: Pick) -> Run:
    stage = pick.number(1, 4)
    return lambda: rows(
        Contact.objects.filter(stage=stage)
        .values(size=KT("custom_values__size"))
        .annotate(number=Count("id"), newest=Max("last_activity_at"))
        .order_by("size")
    )


@shape
def contacts_as_objects(pick: Pick) -> Run:
    company = pick.id_of(Company)
    made = JSONObject(name="full_name", city="company__city", custom=F("custom_values"))
    return lambda: rows(
        Contact.objects.filter(company=company)
        .annotate(made=made)
        .order_by("id")
        .values_list("made", flat=True)
    )


@shape
def contacts_by_text(pick: Pick) -> Run:
    word, owner = pick.one(["ada", "bo", "12"]), pick.id_of(Member)
    vector = SearchVector("full_name", "source")
    query = SearchQuery(word)
    return lambda: rows(
        Contact.objects.annotate(found=vector, rank=SearchRank(vector, query))
        .filter(found=query)
        .exclude(owner=owner)
        .order_by("-rank", "id")
        .values_list("id", "rank")[:7]
    )


@shape
def newest_deal_by_contact(pick: Pick) -> Run:
    number, status = pick.number(2, 5), pick.one(Stage.Kind)
    return lambda: rows(
        Deal.objects.filter(status=status, contact__isnull=False)
        .order_by("contact_id", "-stage_entered_at", "id")
        .distinct("contact_id")
        .values_list("contact_id", "title")[:number]
    )


@shape
def companies_with_own_contacts(pick: Pick) -> Run:
    source = pick.one(SOURCES)
    return lambda: rows(
        Company.objects.annotate(
            chosen=FilteredRelation(
                "contacts", condition=Q(contacts__source=source, contacts__owner=F("owner"))
            )
        )
        .filter(chosen__isnull=False)
        .order_by("id", "chosen__id")
        .values_list("id", "chosen__full_name")
    )


@shape
def companies_and_chosen_contacts(pick: Pick) -> Run:
    city, stage, number = pick.one(CITIES), pick.number(1, 4), pick.number(2, 8)
    return lambda: rows(
        Company.objects.alias(chosen=FilteredRelation("contacts", condition=~Q(contacts__stage=stage)))
        .filter(Q(chosen__owner=F("owner")) | Q(city=city))
        .order_by("id", "chosen__id")
        .values_list("id", "chosen__id")[:number]
    )


@shape
def contacts_owned_like_their_company(pick: Pick) -> Run:
    team = pick.id_of(Team)
    return lambda: rows(
        Contact.objects.filter(company__owner=F("owner"), company__team=team)
        .order_by("id")
        .values_list("id", "company_id")
    )


@shape
def contacts_neither_nor(pick: Pick) -> Run:
    low, status, owner = pick.number(1, 5), pick.one(Stage.Kind), pick.id_of(Member)
    return lambda: rows(
        Contact.objects.filter(
            ~(Q(version__range=(low, low + 3)) | Q(deals__status=status) | Q(company__owner=owner))
        )
        .order_by("id")
        .values_list("id", flat=True)
    )


@shape
def members_without_busy_teams(pick: Pick) -> Run:
    team, least = pick.id_of(Team), pick.number(1, 3)
    busy = Team.objects.annotate(number=Count("members")).filter(number__gt=least)
    return lambda: rows(
        Member.objects.exclude(teams__in=busy).exclude(teams=team).order_by("id").values_list("id")
    )


@shape
def deals_above_their_stage_mean(pick: Pick) -> Run:
    pipeline = pick.id_of(Pipeline)
    mates = Deal.objects.filter(stage=OuterRef("stage")).order_by()
    total = mates.values("stage").annotate(total=Sum("amount")).values("total")
    number = mates.values("stage").annotate(number=Count("id")).values("number")
    return lambda: rows(
        Deal.objects.filter(pipeline=pipeline)
        .annotate(total=Subquery(total), number=Subquery(number))
        .filter(amount__gt=F("total") / F("number"))
        .order_by("id")
        .values_list("id", "number")
    )


@shape
def contacts_with_counts_beside(pick: Pick) -> Run:
    owner, number = pick.id_of(Member), pick.number(2, 8)
    deals = Deal.objects.filter(contact=OuterRef("pk"), archived_at=None).order_by()
    count = deals.values("contact").annotate(number=Count("id")).values("number")
    return lambda: rows(
        Contact.objects.filter(owner=owner)
        .annotate(
            number=Coalesce(Subquery(count), 0), titles=ArraySubquery(deals.order_by("id").values("title"))
        )
        .order_by("-last_activity_at", "-id")
        .values("id", "number", "titles")[:number]
    )


@shape
def ranked_page(pick: Pick) -> Run:
    """A page whose order, among equals, rows beyond it decide."""
    number = pick.number(3, 9)
    rank = Window(Count("id"), partition_by="owner_id")
    return lambda: rows(
        Contact.objects.order_by("stage_id", rank, "id").values_list("id", flat=True)[:number]
    )


@shape
def amounts_and_the_ones_before(pick: Pick) -> Run:
    stage, number = pick.id_of(Stage), pick.number(2, 6)
    before = Window(Lag("amount"), order_by=["stage_entered_at", "id"])
    return lambda: rows(
        Deal.objects.filter(stage=stage)
        .annotate(before=before)
        .order_by("-stage_entered_at", "-id")
        .values_list("id", "before")[:number]
    )


@shape
def top_two_of_each_owner(pick: Pick) -> Run:
    status = pick.one(Stage.Kind)
    place = Window(Rank(), partition_by="owner_id", order_by=["-amount", "id"])
    return lambda: rows(
        Deal.objects.filter(status=status)
        .annotate(place=place)
        .filter(place__lte=2, owner__isnull=False)
        .order_by("owner_id", "place", "id")
        .values_list("owner_id", "title")[:9]
    )


@shape
def monthly_sums(pick: Pick) -> Run:
    owner = pick.id_of(Member)
    won = Sum(Case(When(status="won", then=F("amount")), default=Value(0), output_field=IntegerField()))
    return lambda: rows(
        Deal.objects.filter(Q(owner=owner) | Q(team__members=owner))
        .values(month=TruncMonth("stage_entered_at"))
        .annotate(won=won, people=Count("contact", distinct=True))
        .filter(people__gte=1)
        .order_by("-month")[:2]
    )


@shape
def ordered_by_existence(pick: Pick) -> Run:
    kind, number = pick.one(Task.Kind), pick.number(3, 9)
    tasks = Task.objects.filter(contact=OuterRef("pk"), kind=kind)
    return lambda: rows(Contact.objects.order_by(Exists(tasks), "id").values_list("id", flat=True)[:number])


@shape
def ordered_by_case(pick: Pick) -> Run:
    stage, number = pick.number(1, 4), pick.number(3, 9)
    order = Case(When(stage=stage, then=0), When(company__city="Bonn", then=1), default=2)
    return lambda: rows(Contact.objects.order_by(order, "-id").values_list("id", "source")[:number])


@shape
def pages_of_two_kinds(pick: Pick) -> Run:
    one, other, number = pick.id_of(Member), pick.one(SOURCES), pick.number(2, 5)
    newest = Contact.objects.filter(owner=one).order_by("-last_activity_at", "-id").values_list("id")[:number]
    oldest = (
        Contact.objects.filter(source=other).order_by("last_activity_at", "id").values_list("id")[:number]
    )
    return lambda: sorted(newest.union(oldest))


@shape
def number_in_either(pick: Pick) -> Run:
    team, city = pick.id_of(Team), pick.one(CITIES)
    own = Contact.objects.filter(team=team).values("company")
    return lambda: Company.objects.filter(Q(city=city) | Q(pk__in=own)).distinct().count()


@shape
def companies_of_either(pick: Pick) -> Run:
    team, owner = pick.id_of(Team), pick.id_of(Member)
    both = (
        Contact.objects.filter(team=team)
        .values("company")
        .union(Deal.objects.filter(owner=owner).values("company"))
    )
    return lambda: rows(Company.objects.filter(pk__in=both).order_by("id").values_list("id", "version"))


@shape
def chains_of_tasks(pick: Pick) -> Run:
    """A table joined with itself, both ways."""
    owner = pick.id_of(Member)

    def run() -> list[Any]:
        found = Task.objects.filter(owner=owner).select_related("follows", "followed_by").order_by("id")
        return [
            (t.title, t.follows and t.follows.title, hasattr(t, "followed_by") and t.followed_by.kind)
            for t in found
        ]

    return run


@shape
def tasks_that_nothing_follows(pick: Pick) -> Run:
    kind = pick.one(Task.Kind)
    return lambda: rows(
        Task.objects.filter(Q(followed_by=None) | ~Q(followed_by__kind=kind), follows__owner=F("owner"))
        .order_by("id")
        .values_list("id", "followed_by__title")
    )


@shape
def page_by_joined_name_with_offset(pick: Pick) -> Run:
    start = pick.number(1, 6)
    return lambda: rows(
        Task.objects.order_by("contact__company__name", "id").values_list(
            "id", "contact__company__city", "deal__title"
        )[start : start + 5]
    )


@shape
def page_of_pairs_with_offset(pick: Pick) -> Run:
    start = pick.number(1, 6)
    return lambda: rows(
        Contact.objects.order_by("id", "deals__id").values_list("id", "deals__title", "deals__stage__name")[
            start : start + 5
        ]
    )


@shape
def first_pairs(pick: Pick) -> Run:
    number = pick.number(2, 9)
    return lambda: rows(
        Contact.objects.order_by("-last_activity_at", "id", "deals__id", "tasks__id").values_list(
            "id", "deals__title", "tasks__kind"
        )[:number]
    )


@shape
def two_tasks_of_each_contact(pick: Pick) -> Run:
    company, number = pick.id_of(Company), pick.number(1, 3)

    def run() -> list[Any]:
        newest = Task.objects.order_by("-due_at", "id")[:number]
        found = Contact.objects.filter(company=company).order_by("id")
        found = found.prefetch_related(Prefetch("tasks", queryset=newest, to_attr="some"))
        return [(c.id, [task.title for task in c.some]) for c in found.iterator(chunk_size=2)]

    return run


@shape
def stages_by_name(pick: Pick) -> Run:
    pipeline = pick.id_of(Pipeline)
    stages = Stage.objects.filter(pipeline=pipeline)
    return lambda: (
        sorted(stages.in_bulk().items(), key=lambda pair: pair[0])
        and [s.kind for s in stages.order_by("id")],
        stages.filter(deals__isnull=False).distinct().exists(),
    )


@shape
def longest_names(pick: Pick) -> Run:
    team = pick.id_of(Team)
    size = Greatest(Length("full_name"), Coalesce(Length("company__name"), 0))
    return lambda: rows(
        Contact.objects.filter(Q(team=team) | Q(company__team=team))
        .alias(size=size)
        .filter(size__gte=F("version") + 3)
        .order_by("-size", "id")
        .values_list("id", Cast("version", TextField()))[:6]
    )


@shape
def tasks_on_a_day(pick: Pick) -> Run:
    day, hour = pick.date(), pick.number(0, 23)
    return lambda: rows(
        Task.objects.filter(Q(due_at__date=day) | Q(due_at__hour=hour, due_at__week_day__lte=4))
        .order_by("due_at", "id")
        .values_list("id", "title")
    )


@shape
def whether_it_is_among_them(pick: Pick) -> Run:
    contact, owner = pick.id_of(Contact), pick.id_of(Member)
    return lambda: (
        Contact.objects.filter(owner=owner).contains(Contact(pk=contact)),
        Contact.objects.filter(owner=owner).values("company").distinct().count(),
        Contact.objects.filter(owner=owner)[2:5].count(),
    )
