"""Kinds of writes, each one transaction: every way in which rows change, through the ORM and past it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import Error, connection, models, transaction
from django.db.models import F

from accounts.roles.models import Member, Role, RolePermission, Team, TeamMember
from crm.companies.models import Company
from crm.contacts.models import Contact, ContactStage
from crm.deals.models import Deal, Pipeline, Stage
from crm.tasks.models import Task
from tests.realtime.oracle.world import (
    PERMISSIONS,
    SIZES,
    WRITTEN,
    Pick,
    fields_of,
    other_model,
    random_row,
)

Write = Callable[[Pick], None]
WRITES: list[Write] = []
RECORDS = [Contact, Deal, Task, Company]


class Undone(Exception):
    """Raised inside a write to roll it back."""


def write(make: Write) -> Write:
    """Register a kind of write."""
    WRITES.append(make)
    return make


def some(pick: Pick, fields: dict[str, Callable[[], Any]], most: int = 3) -> dict[str, Any]:
    """New values for one to three of the fields."""
    names = pick.rng.sample(sorted(fields), min(pick.number(1, most), len(fields)))
    return {name: fields[name]() for name in names}


def existing(pick: Pick, model: type[models.Model]) -> Any:
    """A random row, or a fresh one where there is none."""
    ids = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
    return model._default_manager.get(pk=pick.one(ids)) if ids else random_row(model, pick)


@write
def save_new_row(pick: Pick) -> None:
    random_row(pick.one(WRITTEN), pick).save()


@write
def save_whole_row(pick: Pick) -> None:
    row = existing(pick, pick.one(WRITTEN))
    for name, value in some(pick, fields_of(type(row), pick)).items():
        setattr(row, name, value)
    row.save()


@write
def save_some_fields(pick: Pick) -> None:
    row = existing(pick, pick.one(RECORDS))
    if row.pk:
        values = some(pick, fields_of(type(row), pick))
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=list(values))


@write
def update_queryset(pick: Pick) -> None:
    model = pick.one(RECORDS)
    model.objects.filter(owner=pick.id_of(Member)).update(**some(pick, fields_of(model, pick), 2))


@write
def update_by_expression(pick: Pick) -> None:
    Deal.objects.filter(stage=pick.id_of(Stage)).update(amount=F("amount") + 100, version=F("version") + 1)


@write
def update_through_join(pick: Pick) -> None:
    Contact.objects.filter(company__city="Bonn", deals__status="won").update(source=pick.one(["web", "call"]))


@write
def create_many(pick: Pick) -> None:
    model = pick.one(RECORDS)
    model.objects.bulk_create([random_row(model, pick) for _ in range(pick.number(1, 4))])


@write
def update_many(pick: Pick) -> None:
    model = pick.one(RECORDS)
    found = list(model.objects.order_by("?")[:3])
    values = fields_of(model, pick)
    names = pick.rng.sample(sorted(values), 2)
    for row in found:
        for name in names:
            setattr(row, name, values[name]())
    model.objects.bulk_update(found, names)


@write
def update_or_create(pick: Pick) -> None:
    RolePermission.objects.update_or_create(
        role_id=pick.id_of(Role),
        permission=pick.one(PERMISSIONS),
        defaults={"access": pick.one(["own", "team", "all"])},
    )


@write
def insert_or_update_on_conflict(pick: Pick) -> None:
    names = sorted({f"Step {pick.number(1, 6)}" for _ in range(3)})
    ContactStage.objects.bulk_create(
        [ContactStage(name=name, position=pick.number(0, 5)) for name in names],
        update_conflicts=True,
        update_fields=["position"],
        unique_fields=["name"],
    )


@write
def insert_ignoring_conflicts(pick: Pick) -> None:
    pairs = {(pick.id_of(Team), pick.id_of(Member)) for _ in range(3)}
    TeamMember.objects.bulk_create(
        [TeamMember(team_id=team, member_id=member) for team, member in pairs], ignore_conflicts=True
    )


@write
def get_or_create(pick: Pick) -> None:
    TeamMember.objects.get_or_create(team_id=pick.id_of(Team), member_id=pick.id_of(Member))


@write
def add_and_remove_members(pick: Pick) -> None:
    team = Team.objects.get(pk=pick.id_of(Team))
    team.members.remove(*pick.ids_of(Member, 2))
    team.members.add(*pick.ids_of(Member, 2), through_defaults={"is_leader": pick.rng.random() < 0.5})


@write
def set_teams(pick: Pick) -> None:
    Member.objects.get(pk=pick.id_of(Member)).teams.set(pick.ids_of(Team, 3))


@write
def clear_team(pick: Pick) -> None:
    Team.objects.get(pk=pick.id_of(Team)).members.clear()


@write
def delete_row_with_cascade(pick: Pick) -> None:
    row = existing(pick, pick.one([Contact, Deal, Company, Task]))
    if row.pk:
        row.delete()


@write
def fill_gaps(pick: Pick) -> None:
    """New rows in the place of deleted ones, so that random ids go on meeting rows."""
    for model in (Company, Contact, Deal, Task):
        there = set(model.objects.values_list("id", flat=True))
        missing = [number for number in range(1, SIZES[model] + 1) if number not in there]
        for number in missing[:6]:
            row = random_row(model, pick)
            row.pk = number
            row.save(force_insert=True)


@write
def delete_queryset(pick: Pick) -> None:
    model = pick.one([Task, Deal])
    model.objects.filter(owner=pick.id_of(Member), version__gt=7).delete()


@write
def replace_row_of_same_id(pick: Pick) -> None:
    task = existing(pick, Task)
    fresh = random_row(Task, pick)
    fresh.pk = task.pk
    Task.objects.filter(pk=task.pk).delete()
    fresh.save(force_insert=True)


@write
def raw_update(pick: Pick) -> None:
    sql = "UPDATE contacts_contact SET owner_id = %s, source = upper(source) WHERE company_id = %s"
    execute(sql, [pick.id_of(Member), pick.id_of(Company)])


@write
def raw_insert_and_delete(pick: Pick) -> None:
    execute(
        "WITH gone AS (DELETE FROM tasks_task WHERE contact_id = %s RETURNING title, kind, owner_id) INSERT INTO "
        "tasks_task (title, kind, owner_id, version, created_at, updated_at) "
        "SELECT title, kind, %s, 1, now(), now() FROM gone",
        [pick.id_of(Contact), pick.id_of(Member)],
    )


@write
def raw_swap_of_two_columns(pick: Pick) -> None:
    execute(
        "UPDATE deals_deal SET owner_id = team_id, team_id = NULL WHERE stage_id = %s", [pick.id_of(Stage)]
    )


@write
def roll_back_savepoint(pick: Pick) -> None:
    save_some_fields(pick)
    try:
        with transaction.atomic():
            update_queryset(pick)
            delete_row_with_cascade(pick)
            raise Undone
    except Undone:
        update_by_expression(pick)


@write
def roll_back_all(pick: Pick) -> None:
    update_queryset(pick)
    save_new_row(pick)
    raise Undone


@write
def move_to_another_parent(pick: Pick) -> None:
    tasks = Task.objects.filter(contact=pick.id_of(Contact))
    tasks.update(contact=pick.id_of(Contact), deal=pick.id_of(Deal))
    Stage.objects.filter(pk=pick.id_of(Stage)).update(pipeline=pick.id_of(Pipeline))


@write
def tag_and_measure(pick: Pick) -> None:
    """Arrays and JSON alone, now and then without any member."""
    for name in ("tags", "custom_values"):
        found = Contact.objects.filter(pk__in=pick.ids_of(Contact))
        found.update(**{name: fields_of(Contact, pick)[name]()})


@write
def chain_tasks(pick: Pick) -> None:
    """One follows another one; at most one does."""
    before, after = pick.id_of(Task), pick.id_of(Task)
    Task.objects.filter(follows=before).update(follows=None)
    Task.objects.filter(pk=after).update(follows=Task.objects.filter(pk=before).values("pk")[:1])


@write
def change_primary_key(pick: Pick) -> None:
    table, start = pick.one([("tasks_task", 1000), ("roles_teammember", 1000)])
    execute(
        f"UPDATE {table} SET id = id + %s WHERE id = (SELECT min(id) FROM {table})",
        [start + pick.number(1, 10**6)],
    )


@write
def there_and_back(pick: Pick) -> None:
    contact = existing(pick, Contact)
    before = contact.owner_id
    for owner in (pick.id_of(Member), before):
        Contact.objects.filter(pk=contact.pk).update(owner=owner)


@write
def change_nothing(pick: Pick) -> None:
    Company.objects.filter(city="Lyon").update(city="Lyon")


@write
def change_access(pick: Pick) -> None:
    Member.objects.filter(pk=pick.id_of(Member)).update(role=pick.id_of(Role))
    Member.objects.filter(pk=pick.id_of(Member)).update(is_active=pick.rng.random() < 0.7)


@write
def truncate_tasks(pick: Pick) -> None:
    if pick.rng.random() < 0.3:
        execute("TRUNCATE tasks_task", [])
    create_many(pick)


@write
def save_rows_of_another_area(pick: Pick) -> None:
    """Of tables that no other write names; what the database refuses is tried again with other values."""
    for _ in range(6):
        with suppress(Error), transaction.atomic():
            random_row(other_model(pick), pick).save(force_insert=True)


@write
def change_rows_of_another_area(pick: Pick) -> None:
    for _ in range(4):
        model = other_model(pick)
        values = some(pick, fields_of(model, pick) or {"pk": lambda: 1}, 2)
        with suppress(Error), transaction.atomic():
            found = model._default_manager.filter(
                pk__in=model._default_manager.order_by("?").values("pk")[:2]
            )
            found.update(**values)


@write
def delete_rows_of_another_area(pick: Pick) -> None:
    model = other_model(pick)
    for row in model._default_manager.order_by("?")[:1]:
        row.delete()


@write
def insert_many_in_one_statement(pick: Pick) -> None:
    """More rows than the log keeps one by one; they are gone again soon, to keep the tenant small."""
    if pick.rng.random() < 0.3:
        execute(
            "INSERT INTO companies_company (name, domain, phone, city, industry, notes, version, created_at, "
            "updated_at) SELECT 'Bulk', '', '', %s, 'wood', '', 1, now(), now() FROM generate_series(1, 600)",
            [pick.one(["Bonn", "Lyon"])],
        )
    else:
        execute("DELETE FROM companies_company WHERE name = 'Bulk'", [])


def execute(sql: str, parameters: list[Any]) -> None:
    """Run SQL past the ORM."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
