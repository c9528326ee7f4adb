"""Query shapes over one or two tables: what a screen of the product asks, and every corner of the queryset API.

A shape takes its random arguments from ``pick`` at once and returns the query to run again and again.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import (
    F,
    Q,
)

from accounts.roles.models import Member, Role, RolePermission, Team, TeamMember
from crm.companies.models import Company
from crm.contacts.models import Contact, ContactStage
from crm.deals.models import Deal, Stage
from crm.tasks.models import Task
from realtime.reads import declare_reads
from tests.realtime.oracle.world import CITIES, INDUSTRIES, PERMISSIONS, SOURCES, Pick

Run = Callable[[], Any]
Shape = Callable[[Pick], Run]
SHAPES: list[Shape] = []


def shape(make: Shape) -> Shape:
    """Register a shape."""
    SHAPES.append(make)
    return make


def rows(queryset: Any) -> list[Any]:
    """All rows of a ``values`` or ``values_list`` queryset."""
    return list(queryset)


@shape
def own_contacts(pick: Pick) -> Run:
    owner = pick.id_of(Member)
    return lambda: rows(
        Contact.objects.filter(owner=owner, archived_at=None)
        .order_by("-last_activity_at", "-id")
        .values("id", "full_name", "stage_id")[:10]
    )


@shape
def team_contacts(pick: Pick) -> Run:
    teams = pick.ids_of(Team, 3)
    return lambda: rows(
        Contact.objects.filter(team_id__in=teams, archived_at=None).order_by("full_name", "id").values()[:20]
    )


@shape
def own_or_team_contacts(pick: Pick) -> Run:
    owner, teams = pick.id_of(Member), pick.ids_of(Team, 2)
    return lambda: rows(
        Contact.objects.filter(Q(owner=owner) | Q(team__in=teams), archived_at__isnull=True)
        .order_by("id")
        .values_list("id", "email")
    )


@shape
def contacts_by_long_list(pick: Pick) -> Run:
    ids = list(range(pick.number(1, 20), pick.number(30, 120)))
    return lambda: rows(Contact.objects.filter(pk__in=ids).order_by("id").values_list("id", "source"))


@shape
def contacts_of_source_but_not_of_stage(pick: Pick) -> Run:
    source, stage = pick.one(SOURCES), pick.number(1, 4)
    return lambda: rows(
        Contact.objects.filter(source=source)
        .exclude(stage=stage)
        .order_by("id")
        .values_list("id", "full_name")
    )


@shape
def contacts_by_either_but_not_both(pick: Pick) -> Run:
    owner, source = pick.id_of(Member), pick.one(SOURCES)
    return lambda: rows(
        Contact.objects.filter(Q(owner=owner) ^ Q(source=source)).order_by("id").values_list("id")
    )


@shape
def archived_contacts(pick: Pick) -> Run:
    owner = pick.id_of(Member)
    return lambda: rows(
        Contact.objects.filter(owner_id=owner, archived_at__isnull=False)
        .order_by("id")
        .values("id", "version")
    )


@shape
def contacts_by_email(pick: Pick) -> Run:
    email = pick.one(["A@x.example", "b@x.example"])
    return lambda: rows(Contact.objects.filter(email__iexact=email).order_by("id").values_list("id", "email"))


@shape
def contacts_named_like(pick: Pick) -> Run:
    name, owner = pick.one(["Ada 1", "Bo", "y 2"]), pick.id_of(Member)
    return lambda: rows(
        Contact.objects.filter(full_name__icontains=name, owner=owner).order_by("id").values_list("full_name")
    )


@shape
def one_contact(pick: Pick) -> Run:
    contact = pick.id_of(Contact)

    def run() -> Any:
        try:
            found = Contact.objects.get(pk=contact)
        except Contact.DoesNotExist:
            return None
        return found.full_name, found.version, found.owner_id

    return run


@shape
def contact_with_deferred_name(pick: Pick) -> Run:
    contact = pick.id_of(Contact)
    return lambda: [
        (c.id, c.source, c.full_name) for c in Contact.objects.filter(pk=contact).only("id", "source")
    ]


@shape
def contacts_in_bulk(pick: Pick) -> Run:
    ids = pick.ids_of(Contact)
    return lambda: {pk: row.email for pk, row in Contact.objects.defer("background").in_bulk(ids).items()}


@shape
def has_contact(pick: Pick) -> Run:
    owner, stage = pick.id_of(Member), pick.number(1, 4)
    return lambda: Contact.objects.filter(owner=owner, stage=stage, source="web").exists()


@shape
def contradictory_contacts(pick: Pick) -> Run:
    owner = pick.id_of(Member)
    return lambda: rows(
        Contact.objects.filter(owner=owner).filter(owner=owner + 1).order_by("id").values_list("id")
    )


@shape
def overlapping_lists(pick: Pick) -> Run:
    some, others = pick.ids_of(Member, 4), pick.ids_of(Member, 4)
    return lambda: rows(
        Contact.objects.filter(owner__in=some)
        .filter(owner__in=others)
        .order_by("id")
        .values_list("id", "owner")
    )


@shape
def nothing_or_owner(pick: Pick) -> Run:
    owner = pick.id_of(Member)
    return lambda: rows(
        Contact.objects.filter(Q(pk__in=[]) | Q(owner=owner) & ~Q(pk__in=[])).order_by("id").values_list("id")
    )


@shape
def companies_of_industry(pick: Pick) -> Run:
    industry = pick.one(INDUSTRIES)
    return lambda: rows(Company.objects.filter(industry=industry).order_by("id").values("id", "name"))


@shape
def company_names_in_city(pick: Pick) -> Run:
    city = pick.one(CITIES)
    return lambda: rows(
        Company.objects.filter(city=city).order_by("name").values_list("name", flat=True).distinct()
    )


@shape
def newest_task(pick: Pick) -> Run:
    owner = pick.id_of(Member)
    tasks = Task.objects.filter(owner=owner)

    def run() -> Any:
        first = tasks.order_by("due_at", "id").first()
        last = tasks.order_by("due_at", "id").last()
        return first and first.title, last and last.title

    return run


@shape
def earliest_deal(pick: Pick) -> Run:
    stage = pick.id_of(Stage)

    def run() -> Any:
        try:
            return Deal.objects.filter(stage=stage).earliest("stage_entered_at", "id").title
        except Deal.DoesNotExist:
            return None

    return run


@shape
def due_tasks(pick: Pick) -> Run:
    owner, until = pick.id_of(Member), pick.time()
    return lambda: rows(
        Task.objects.filter(owner=owner, done_at=None, due_at__lt=until)
        .order_by(F("due_at").asc(nulls_last=True), "id")
        .values_list("id", "title")[2:8]
    )


@shape
def tasks_due_exactly(pick: Pick) -> Run:
    due = pick.time()
    return lambda: rows(Task.objects.filter(due_at=due).order_by("id").values_list("id", "kind"))


@shape
def tasks_of_kinds(pick: Pick) -> Run:
    kinds = [pick.one(Task.Kind), Task.Kind.CALL]
    return lambda: rows(Task.objects.filter(kind__in=kinds).order_by("id").values_list("id", "title"))


@shape
def deals_closing_on(pick: Pick) -> Run:
    date, status = pick.date(), pick.one(Stage.Kind)
    return lambda: rows(
        Deal.objects.filter(close_date=date, status=status).order_by("id").values_list("id", "amount")
    )


@shape
def deals_closed_exactly(pick: Pick) -> Run:
    times = [pick.time() for _ in range(3)]
    return lambda: rows(Deal.objects.filter(closed_at__in=times).order_by("id").values_list("id", "status"))


@shape
def deals_of_amount(pick: Pick) -> Run:
    amount = pick.number(0, 8) * 100
    return lambda: rows(Deal.objects.filter(amount=amount).order_by("id").values_list("id", "currency"))


@shape
def contacts_changed_since_made(pick: Pick) -> Run:
    stage = pick.number(1, 4)
    return lambda: rows(
        Contact.objects.filter(stage=stage, version__gt=F("stage_id"), owner=F("team"))
        .order_by("id")
        .values_list("id", "version")
    )


@shape
def active_members(_pick: Pick) -> Run:
    return lambda: rows(Member.objects.filter(is_active=True).order_by("id").values_list("id", "name"))


@shape
def permissions_of_role(pick: Pick) -> Run:
    role, word = pick.id_of(Role), pick.one(PERMISSIONS)
    return lambda: rows(
        RolePermission.objects.filter(role=role, permission=word).values_list("access", flat=True)
    )


@shape
def led_teams(pick: Pick) -> Run:
    member = pick.id_of(Member)
    return lambda: rows(
        TeamMember.objects.filter(member=member, is_leader=True).order_by("team_id").values_list("team_id")
    )


@shape
def stages_in_order(_pick: Pick) -> Run:
    return lambda: [(stage.id, stage.name) for stage in ContactStage.objects.all()]


@shape
def tasks_in_chunks(pick: Pick) -> Run:
    owner = pick.id_of(Member)
    return lambda: [
        task.title for task in Task.objects.filter(owner=owner).order_by("id").iterator(chunk_size=2)
    ]


@shape
def no_tasks(_pick: Pick) -> Run:
    return lambda: rows(Task.objects.none().values())


@shape
def raw_tasks(pick: Pick) -> Run:
    owner = pick.id_of(Member)

    def run() -> list[Any]:
        with declare_reads(tables=[Task]):
            sql = "SELECT id, title FROM tasks_task WHERE owner_id = %s ORDER BY id"
            return [(task.id, task.title) for task in Task.objects.raw(sql, [owner])]

    return run


@shape
def tasks_with_extra(pick: Pick) -> Run:
    owner = pick.id_of(Member)

    def run() -> list[Any]:
        with declare_reads(tables=["tasks_task"]):
            return rows(
                Task.objects.extra(where=["owner_id = %s"], params=[owner])
                .order_by("id")
                .values_list("id", "kind")
            )

    return run
