"""A small, dense tenant: few values a column, so that random writes and random arguments meet often."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models

from accounts.models import User
from accounts.permissions import Permission
from accounts.roles.models import Member, Role, RolePermission, Team, TeamMember
from crm.companies.models import Company
from crm.contacts.models import Contact, ContactStage
from crm.deals.models import Deal, Pipeline, Stage
from crm.tasks.models import Task
from tests.realtime.oracle.others import generic_fields, other_models

SCHEMA = "t_oracle"
START = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
SOURCES = ["web", "fair", "call", ""]
# The last is longer than what the change log keeps of a text.
INDUSTRIES = ["wood", "glass", "everything that is made of neither wood nor glass, and then some"]
LABELS = ["VIP", "warm", "old"]
CITIES = ["Bonn", "Lyon", "Turin", ""]
PERMISSIONS = [Permission.CONTACT_VIEW, Permission.DEAL_VIEW, Permission.TASK_VIEW]
WORDS = ["Ada", "Bo", "a", "web", "fair", "Bonn", "won", "contact", "x@x.example", "Firm 1"]
SIZES: dict[type[models.Model], int] = {
    Member: 6,
    Team: 3,
    Role: 4,
    Company: 12,
    Contact: 60,
    Deal: 70,
    Task: 60,
    Stage: 6,
    Pipeline: 2,
}


@dataclass(slots=True)
class Pick:
    """Random choices, all from one seeded source."""

    rng: random.Random

    def id_of(self, model: type[models.Model]) -> int:
        """An id that is probably there."""
        return self.rng.randint(1, SIZES.get(model, 4))

    def ids_of(self, model: type[models.Model], most: int = 6) -> list[int]:
        """A few ids, perhaps none."""
        return sorted({self.id_of(model) for _ in range(self.rng.randint(0, most))})

    def optional(self, make: Callable[[], Any]) -> Any:
        """What ``make`` returns, or None one time in three."""
        return None if self.rng.random() < 0.33 else make()

    def one(self, values: Any) -> Any:
        return self.rng.choice(list(values))

    def number(self, low: int, high: int) -> int:
        return self.rng.randint(low, high)

    def time(self) -> dt.datetime:
        """One of forty moments, some with a fraction of a second, some in another zone."""
        step = self.rng.randint(0, 39)
        moment = START + dt.timedelta(hours=13 * step, microseconds=step % 4 * 250)
        return moment.astimezone(dt.timezone(dt.timedelta(hours=5))) if step % 3 == 0 else moment

    def date(self) -> dt.date:
        return START.date() + dt.timedelta(days=self.rng.randint(0, 9))


def record_fields(pick: Pick) -> dict[str, Callable[[], Any]]:
    """What a change of any CRM record may set."""
    return {
        "owner_id": lambda: pick.optional(lambda: pick.id_of(Member)),
        "team_id": lambda: pick.optional(lambda: pick.id_of(Team)),
        "version": lambda: pick.number(1, 9),
        "archived_at": lambda: pick.time() if pick.rng.random() < 0.2 else None,
    }


def fields_of(model: type[models.Model], pick: Pick) -> dict[str, Callable[[], Any]]:
    """Random values for the model's columns."""
    make = _FIELDS.get(model)
    return make(pick) if make is not None else generic_fields(model, pick)


def other_model(pick: Pick) -> type[models.Model]:
    """One of the tenant's models that have no place here."""
    return pick.one(other_models(frozenset(_FIELDS)))  # type: ignore[no-any-return]  # a strategy of models


def random_row(model: type[models.Model], pick: Pick) -> models.Model:
    """An unsaved row with all of its random columns set."""
    return model(**{name: make() for name, make in fields_of(model, pick).items()})


def _contact(pick: Pick) -> dict[str, Callable[[], Any]]:
    return record_fields(pick) | {
        "first_name": lambda: pick.one(["Ada", "Bo", "Cy"]),
        "full_name": lambda: f"{pick.one(['Ada', 'Bo', 'Cy'])} {pick.number(1, 30)}",
        "email": lambda: pick.one(["", "a@x.example", "B@x.example"]),
        "stage_id": lambda: pick.number(1, 4),
        "source": lambda: pick.one(SOURCES),
        "company_id": lambda: pick.optional(lambda: pick.id_of(Company)),
        "last_activity_at": pick.time,
        "tags": lambda: pick.rng.sample(LABELS, pick.number(0, 2)),
        "custom_values": lambda: pick.one(
            [{}, {"size": pick.number(1, 4)}, {"plan": "XL"}, {"plan": "S", "size": 2}]
        ),
    }


def _company(pick: Pick) -> dict[str, Callable[[], Any]]:
    return record_fields(pick) | {
        "name": lambda: f"Firm {pick.number(1, 20)}",
        "city": lambda: pick.one(CITIES),
        "industry": lambda: pick.one(INDUSTRIES),
    }


def _deal(pick: Pick) -> dict[str, Callable[[], Any]]:
    return record_fields(pick) | {
        "title": lambda: f"Deal {pick.number(1, 30)}",
        "amount": lambda: pick.number(0, 8) * 100,
        "currency": lambda: pick.one(["EUR", "USD"]),
        "pipeline_id": lambda: pick.id_of(Pipeline),
        "stage_id": lambda: pick.id_of(Stage),
        "status": lambda: pick.one(Stage.Kind),
        "contact_id": lambda: pick.optional(lambda: pick.id_of(Contact)),
        "company_id": lambda: pick.optional(lambda: pick.id_of(Company)),
        "close_date": lambda: pick.optional(pick.date),
        "stage_entered_at": pick.time,
        "closed_at": lambda: pick.optional(pick.time),
    }


def _task(pick: Pick) -> dict[str, Callable[[], Any]]:
    return record_fields(pick) | {
        "title": lambda: f"Task {pick.number(1, 30)}",
        "kind": lambda: pick.one(Task.Kind),
        "due_at": lambda: pick.optional(pick.time),
        "contact_id": lambda: pick.optional(lambda: pick.id_of(Contact)),
        "deal_id": lambda: pick.optional(lambda: pick.id_of(Deal)),
    }


def new_user(pick: Pick) -> int:
    """A user of their own for a member."""
    name = f"user{pick.number(1, 10**12)}"
    return User.objects.create(email=f"{name}@oracle.test", name=name, password="").pk


def _member(pick: Pick) -> dict[str, Callable[[], Any]]:
    return {
        "user_id": lambda: new_user(pick),
        "role_id": lambda: pick.id_of(Role),
        "name": lambda: f"Member {pick.number(1, 9)}",
        "is_active": lambda: pick.rng.random() < 0.7,
    }


_FIELDS: dict[type[models.Model], Callable[[Pick], dict[str, Callable[[], Any]]]] = {
    Contact: _contact,
    Company: _company,
    Deal: _deal,
    Task: _task,
    Member: _member,
    TeamMember: lambda pick: {
        "team_id": lambda: pick.id_of(Team),
        "member_id": lambda: pick.id_of(Member),
        "is_leader": lambda: pick.rng.random() < 0.4,
    },
    Team: lambda pick: {"name": lambda: f"Team {pick.number(1, 10**6)}"},
    RolePermission: lambda pick: {
        "role_id": lambda: pick.id_of(Role),
        "permission": lambda: pick.one(PERMISSIONS),
        "access": lambda: pick.one(["own", "team", "all"]),
    },
    ContactStage: lambda pick: {
        "name": lambda: f"Stage {pick.number(1, 10**6)}",
        "position": lambda: pick.number(0, 5),
    },
    Stage: lambda pick: {
        "pipeline_id": lambda: pick.id_of(Pipeline),
        "name": lambda: f"Stage {pick.number(1, 10**6)}",
        "kind": lambda: pick.one(Stage.Kind),
        "position": lambda: pick.number(0, 5),
    },
}
WRITTEN: list[type[models.Model]] = [Contact] * 4 + [Deal] * 4 + [Task] * 3 + [Company] * 2
WRITTEN += [Member, TeamMember, TeamMember, RolePermission, ContactStage, Stage]


def populate(pick: Pick) -> None:
    """The first rows, with ids from 1 on."""
    Role.objects.bulk_create([Role(name=f"Role {number}") for number in range(1, 5)])
    ContactStage.objects.bulk_create([ContactStage(name=f"Step {number}") for number in range(1, 5)])
    Pipeline.objects.bulk_create([Pipeline(name=f"Pipeline {number}") for number in range(1, 3)])
    for model in (Member, Team, Stage, Company, Contact, Deal, Task):
        model._default_manager.bulk_create([random_row(model, pick) for _ in range(SIZES[model])])
    pairs = {(pick.id_of(Team), pick.id_of(Member)) for _ in range(8)}
    TeamMember.objects.bulk_create([TeamMember(team_id=team, member_id=member) for team, member in pairs])
    words = {(pick.id_of(Role), pick.one(PERMISSIONS)) for _ in range(8)}
    RolePermission.objects.bulk_create(
        [RolePermission(role_id=role, permission=word, access="own") for role, word in words],
        ignore_conflicts=True,
    )
    for role, access in ((1, "all"), (2, "team"), (3, "own")):
        RolePermission.objects.bulk_create(
            [RolePermission(role_id=role, permission=word, access=access) for word in Permission],
            ignore_conflicts=True,
        )
