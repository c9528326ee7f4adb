"""Query shapes over several tables: joins of both kinds, sub-queries, prefetches, chains of queries."""

from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Prefetch, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.roles.models import Member, Role, RolePermission, Team, TeamMember
from crm.companies.models import Company
from crm.contacts.models import Contact
from crm.deals.models import Deal, Pipeline, Stage
from crm.tasks.models import Task
from tests.realtime.oracle.shapes import Run, rows, shape
from tests.realtime.oracle.world import CITIES, PERMISSIONS, Pick


@shape
def contacts_with_owner_and_company(pick: Pick) -> Run:
    stage = pick.number(1, 4)

    def run() -> list[Any]:
        found = Contact.objects.filter(stage=stage).select_related("owner", "company", "stage").order_by("id")
        return [(c.id, c.owner and c.owner.name, c.company and c.company.city, c.stage.name) for c in found]

    return run


@shape
def contact_and_its_company_lazily(pick: Pick) -> Run:
    contact = pick.id_of(Contact)

    def run() -> list[Any]:
        found = Contact.objects.filter(pk=contact)
        return [(c.company.name, c.company.owner_id) if c.company else None for c in found]

    return run


@shape
def members_with_teams(pick: Pick) -> Run:
    role = pick.id_of(Role)

    def run() -> list[Any]:
        found = Member.objects.filter(role=role).prefetch_related("teams").order_by("id")
        return [(m.id, sorted(team.name for team in m.teams.all())) for m in found]

    return run


@shape
def companies_with_contacts(pick: Pick) -> Run:
    city, source = pick.one(CITIES), pick.one(["web", "fair"])

    def run() -> list[Any]:
        inner = Contact.objects.filter(source=source).order_by("id")
        found = Company.objects.filter(city=city).order_by("id")
        found = found.prefetch_related(Prefetch("contacts", queryset=inner, to_attr="picked"), "deals")
        return [(c.id, [p.full_name for p in c.picked], sorted(d.id for d in c.deals.all())) for c in found]

    return run


@shape
def contacts_with_deals_of_status(pick: Pick) -> Run:
    status = pick.one(Stage.Kind)
    return lambda: rows(
        Contact.objects.filter(deals__status=status)
        .order_by("id", "deals__id")
        .values_list("id", "deals__title")
    )


@shape
def contacts_with_two_kinds_of_deals(pick: Pick) -> Run:
    stage, owner = pick.id_of(Stage), pick.id_of(Member)
    return lambda: rows(
        Contact.objects.filter(deals__stage=stage)
        .filter(deals__owner=owner)
        .order_by("id")
        .values_list("id", flat=True)
        .distinct()
    )


@shape
def contacts_without_won_deals(pick: Pick) -> Run:
    owner = pick.id_of(Member)
    return lambda: rows(
        Contact.objects.filter(owner=owner).exclude(deals__status="won").order_by("id").values_list("id")
    )


@shape
def contacts_without_deals(pick: Pick) -> Run:
    stage = pick.number(1, 4)
    return lambda: rows(
        Contact.objects.filter(stage=stage, deals__isnull=True).order_by("id").values_list("id", "full_name")
    )


@shape
def contacts_without_open_deals_by_join(pick: Pick) -> Run:
    team = pick.id_of(Team)
    return lambda: rows(
        Contact.objects.filter(Q(deals__closed_at__isnull=True) | Q(deals__team=team))
        .order_by("id", "deals__id")
        .values_list("id", "deals__id")
    )


@shape
def contacts_in_city_or_own(pick: Pick) -> Run:
    city, owner = pick.one(CITIES), pick.id_of(Member)
    return lambda: rows(
        Contact.objects.filter(Q(company__city=city) | Q(owner=owner)).order_by("id").values_list("id")
    )


@shape
def contacts_without_company_city(pick: Pick) -> Run:
    owner = pick.id_of(Member)
    return lambda: rows(
        Contact.objects.filter(company__archived_at=None, owner=owner).order_by("id").values_list("id")
    )


@shape
def contacts_of_owner_and_city(pick: Pick) -> Run:
    city, owner = pick.one(CITIES), pick.id_of(Member)
    return lambda: rows(
        Contact.objects.filter(company__city=city, company__owner=owner)
        .order_by("company__name", "id")
        .values_list("id", "company__name")
    )


@shape
def contacts_with_a_deal(pick: Pick) -> Run:
    status, owner = pick.one(Stage.Kind), pick.id_of(Member)
    deals = Deal.objects.filter(contact=OuterRef("pk"), status=status)
    return lambda: rows(Contact.objects.filter(Exists(deals), owner=owner).order_by("id").values_list("id"))


@shape
def contacts_with_no_task(pick: Pick) -> Run:
    owner, kind = pick.id_of(Member), pick.one(Task.Kind)
    tasks = Task.objects.filter(contact=OuterRef("pk"), kind=kind)
    return lambda: rows(Contact.objects.filter(~Exists(tasks), owner=owner).order_by("id").values_list("id"))


@shape
def companies_with_newest_deal(pick: Pick) -> Run:
    city = pick.one(CITIES)
    newest = Deal.objects.filter(company=OuterRef("pk")).order_by("-stage_entered_at", "-id")
    return lambda: rows(
        Company.objects.filter(city=city)
        .annotate(newest=Subquery(newest.values("title")[:1]))
        .order_by("newest", "id")
        .values_list("id", "newest")
    )


@shape
def contacts_of_rich_companies(pick: Pick) -> Run:
    amount, team = pick.number(3, 8) * 100, pick.id_of(Team)
    companies = Deal.objects.filter(amount__gte=amount, team=team).values("company")
    return lambda: rows(
        Contact.objects.filter(company__in=companies).order_by("id").values_list("id", "email")
    )


@shape
def contacts_with_the_same_owner_as(pick: Pick) -> Run:
    task = pick.id_of(Task)
    owner = Task.objects.filter(pk=task).values("owner")[:1]
    return lambda: rows(Contact.objects.filter(owner=owner).order_by("id").values_list("id"))


@shape
def companies_two_levels_down(pick: Pick) -> Run:
    kind, team = pick.one(Task.Kind), pick.id_of(Team)
    tasks = Task.objects.filter(deal=OuterRef("pk"), kind=kind, owner=OuterRef(OuterRef("owner")))
    deals = Deal.objects.filter(Exists(tasks), company=OuterRef("pk"), team=team)
    return lambda: rows(Company.objects.filter(Exists(deals)).order_by("id").values_list("id", "name"))


@shape
def contacts_with_filtered_deals(pick: Pick) -> Run:
    status, owner = pick.one(Stage.Kind), pick.id_of(Member)
    # A FilteredRelation takes the name that it was first annotated under, so each run has its own.
    return lambda: rows(
        Contact.objects.filter(owner=owner)
        .annotate(chosen=FilteredRelation("deals", condition=Q(deals__status=status)))
        .order_by("id", "chosen__id")
        .values_list("id", "chosen__title")
    )


@shape
def contacts_with_deal_counts(pick: Pick) -> Run:
    stage = pick.number(1, 4)
    return lambda: rows(
        Contact.objects.filter(stage=stage)
        .annotate(number=Count("deals", filter=Q(deals__status="open")), total=Sum("deals__amount"))
        .filter(number__gt=0)
        .order_by("id")
        .values_list("id", "number", "total")
    )


@shape
def stages_with_sums(pick: Pick) -> Run:
    pipeline = pick.id_of(Pipeline)
    return lambda: rows(
        Stage.objects.filter(pipeline=pipeline)
        .annotate(total=Coalesce(Sum("deals__amount"), 0, output_field=Deal._meta.get_field("amount")))
        .order_by("position", "id")
        .values_list("name", "total")
    )


@shape
def tasks_by_contact_name(pick: Pick) -> Run:
    owner = pick.id_of(Member)
    return lambda: rows(
        Task.objects.filter(owner=owner)
        .order_by("contact__full_name", "deal__title", "id")
        .values_list("title", "contact__full_name")[:8]
    )


@shape
def members_of_team(pick: Pick) -> Run:
    team = pick.id_of(Team)
    return lambda: rows(
        Member.objects.filter(teams=team, is_active=True).order_by("name", "id").values_list("id", "name")
    )


@shape
def members_by_team_name(pick: Pick) -> Run:
    role = pick.id_of(Role)
    return lambda: rows(
        Member.objects.filter(role=role).order_by("teams__name", "id").values_list("id", "teams__name")
    )


@shape
def members_without_team(_pick: Pick) -> Run:
    return lambda: rows(Member.objects.filter(teams__isnull=True).order_by("id").values_list("id", "role_id"))


@shape
def team_rosters(_pick: Pick) -> Run:
    names = ArrayAgg("members__name", filter=Q(members__is_active=True), order_by=["members__name"])
    return lambda: rows(Team.objects.annotate(names=names).order_by("id").values_list("id", "names"))


@shape
def team_by_manager(pick: Pick) -> Run:
    team = pick.id_of(Team)

    def run() -> Any:
        found = Team.objects.filter(pk=team).first()
        return found and (
            found.members.count(),
            list(found.members.order_by("id").values_list("id", flat=True)),
        )

    return run


@shape
def access_of_member(pick: Pick) -> Run:
    member, word = pick.id_of(Member), pick.one(PERMISSIONS)
    return lambda: rows(
        Member.objects.filter(pk=member, is_active=True, role__permissions__permission=word).values_list(
            "role_id", "role__permissions__access"
        )
    )


@shape
def contacts_that_a_member_sees(pick: Pick) -> Run:
    """As a query function works: the scope first, then the records; no team, no second query's rows."""
    member, word = pick.id_of(Member), pick.one(PERMISSIONS)

    def run() -> list[Any]:
        roles = Member.objects.filter(pk=member, is_active=True).values_list("role_id", flat=True)
        access = dict(RolePermission.objects.filter(role__in=list(roles)).values_list("permission", "access"))
        teams = list(TeamMember.objects.filter(member=member).values_list("team_id", flat=True))
        visible = {
            "own": Q(owner=member),
            "team": Q(owner=member) | Q(team_id__in=teams),
            "all": Q(),
        }.get(access.get(word, ""), Q(pk__in=[]))
        contacts = Contact.objects.filter(visible, archived_at=None).order_by("-last_activity_at", "-id")
        return rows(contacts.values_list("id", "full_name", "company__name")[:10])

    return run


@shape
def pairs_of_contacts(pick: Pick) -> Run:
    owner, stage = pick.id_of(Member), pick.number(1, 4)
    return lambda: rows(
        Contact.objects.filter(owner=owner, company__contacts__stage=stage)
        .exclude(company__contacts__id=F("id"))
        .order_by("id", "company__contacts__id")
        .values_list("id", "company__contacts__id")
    )


@shape
def tasks_of_deals_in_pipeline(pick: Pick) -> Run:
    pipeline, kind = pick.id_of(Pipeline), pick.one(Stage.Kind)
    return lambda: rows(
        Task.objects.filter(deal__stage__pipeline=pipeline, deal__stage__kind=kind)
        .order_by("id")
        .values_list("id", "deal__stage__name")
    )
