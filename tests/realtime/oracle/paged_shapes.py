"""Pages: ORDER BY with LIMIT, in every way in which a row can lie before, on or beyond the last one."""

from typing import Any

from django.db.models import F

from accounts.roles.models import Member
from crm.companies.models import Company
from crm.contacts.models import Contact
from crm.deals.models import Deal
from crm.tasks.models import Task
from tests.realtime.oracle.shapes import Run, rows, shape
from tests.realtime.oracle.world import Pick


@shape
def newest_contacts(pick: Pick) -> Run:
    number = pick.number(1, 15)
    return lambda: rows(
        Contact.objects.filter(archived_at=None)
        .order_by("-last_activity_at", "-id")
        .values_list("full_name", "source")[:number]
    )


@shape
def second_page_of_contacts(pick: Pick) -> Run:
    start = pick.number(1, 9)
    return lambda: [
        (contact.id, contact.email)
        for contact in Contact.objects.order_by("last_activity_at", "id")[start : start + 4]
    ]


@shape
def archived_last(pick: Pick) -> Run:
    number = pick.number(5, 50)
    return lambda: rows(
        Contact.objects.order_by("archived_at", "id").values_list("id", "archived_at")[:number]
    )


@shape
def archived_first(pick: Pick) -> Run:
    number = pick.number(5, 50)
    return lambda: rows(Contact.objects.order_by("-archived_at", "-id").values_list("id")[:number])


@shape
def unassigned_first(pick: Pick) -> Run:
    number = pick.number(5, 40)
    order = F("owner_id").asc(nulls_first=True)
    return lambda: rows(Deal.objects.order_by(order, "-stage_entered_at", "id").values_list("title")[:number])


@shape
def unassigned_last(pick: Pick) -> Run:
    number = pick.number(5, 40)
    order = F("team_id").desc(nulls_last=True)
    return lambda: rows(Deal.objects.order_by(order, "id").values("id", "team_id", "status")[:number])


@shape
def by_version_then_name(pick: Pick) -> Run:
    number, owner = pick.number(2, 10), pick.id_of(Member)
    return lambda: rows(
        Company.objects.exclude(owner=owner)
        .order_by("version", "name", "id")
        .values_list("id", "name")[:number]
    )


@shape
def by_name_then_version(pick: Pick) -> Run:
    number = pick.number(2, 10)
    return lambda: rows(Company.objects.order_by("name", "-version", "id").values_list("id", "name")[:number])


@shape
def first_task_due(pick: Pick) -> Run:
    owner = pick.id_of(Member)

    def run() -> Any:
        found = Task.objects.filter(owner=owner, due_at__isnull=False).order_by("due_at", "id").first()
        return found and (found.id, found.title)

    return run


@shape
def tasks_by_version_of_contact(pick: Pick) -> Run:
    number = pick.number(3, 12)
    return lambda: rows(
        Task.objects.order_by("contact__version", "id").values_list("id", "contact__version")[:number]
    )


@shape
def tasks_of_contacts_by_version(pick: Pick) -> Run:
    number, least = pick.number(3, 12), pick.number(1, 6)
    return lambda: rows(
        Task.objects.filter(contact__version__gte=least)
        .order_by("-contact__version", "due_at", "id")
        .values_list("id", "title")[:number]
    )


@shape
def contacts_and_deals_by_close_date(pick: Pick) -> Run:
    number = pick.number(3, 12)
    return lambda: rows(
        Contact.objects.filter(deals__close_date__isnull=False)
        .order_by("deals__close_date", "deals__id")
        .values_list("full_name", "deals__title")[:number]
    )


@shape
def some_versions(pick: Pick) -> Run:
    number = pick.number(2, 6)
    return lambda: rows(
        Contact.objects.order_by("-version").values_list("version", flat=True).distinct()[:number]
    )


@shape
def deals_closing_between(pick: Pick) -> Run:
    one, other = sorted((pick.date(), pick.date()))
    return lambda: rows(
        Deal.objects.filter(close_date__range=(one, other)).order_by("close_date", "id").values_list("id")[:6]
    )


@shape
def deals_closed_after(pick: Pick) -> Run:
    after = pick.time()
    return lambda: rows(
        Deal.objects.filter(closed_at__gt=after, version__lte=6)
        .order_by("-closed_at", "id")
        .values_list("id")
    )


@shape
def deals_not_of(pick: Pick) -> Run:
    owner, status = pick.id_of(Member), pick.one(["open", "won", "lost"])
    return lambda: rows(
        Deal.objects.exclude(owner=owner).exclude(status=status).order_by("id").values_list("id", "title")
    )
