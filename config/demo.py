"""Made-up records for the demo tenant and for benchmarks: the same for the same seed, written in bulk."""

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Model

from accounts.roles.models import Member, TeamMember
from crm.companies.models import Company
from crm.contacts.models import Contact, ContactStage
from crm.deals.models import Deal, Stage
from crm.tasks.models import Task

M = TypeVar("M", bound=Model)

FIRST = """Ada Amir Anna Aria Ben Carla Chidi Clara Dario Diego Elena Emil Fatima Finn Greta Hana Hugo Ines Ivan Jana
Jonas Kai Kira Lara Leo Lina Luis Maja Marco Mei Mila Nadia Nils Nora Omar Oskar Paula Petra Priya Rafael Rosa Ruth
Sara Sven Tariq Theo Uma Viktor Wanda Yara Yuki Zoe""".split()  # noqa: SIM905
LAST = """Abbott Adeyemi Andersson Bauer Bianchi Brown Castro Chen Costa Dubois Eriksen Fischer Garcia Gruber Haddad
Hansen Hoffmann Ibrahim Ivanova Jensen Kaya Keller Kim Kowalski Larsen Lopez Marino Martin Meyer Mori Moreau Novak
Okoye Olsen Patel Pereira Petrov Quinn Rossi Santos Sato Schmidt Silva Singh Suzuki Tanaka Virtanen Wagner Weber
Wong Yilmaz Zhang""".split()  # noqa: SIM905
PLACES = "Alder Birch Bridge Cedar Coast Dune Elm Ferry Garden Grove Harbour Hazel Hill Lake Maple Mill Oak".split()  # noqa: SIM905
TRADES = [
    "Realty",
    "Homes",
    "Legal",
    "Consulting",
    "Foods",
    "Studio",
    "Logistics",
    "Systems",
    "Dental",
    "Energy",
]
CITIES = ["Bergen", "Chicago", "Dublin", "Hamburg", "Lisbon", "Lyon", "Porto", "Seattle", "Turin", "Zurich"]
TITLES = ["Owner", "Buyer", "Office manager", "Director", "Partner", "Engineer", "Accountant", ""]
SOURCES = ["Website", "Referral", "Open house", "Cold call", "Fair", ""]
TASKS = ["Call back", "Send the offer", "Book a viewing", "Ask for papers", "Follow up", "Say thank you"]
BATCH = 2000


@dataclass(frozen=True, slots=True)
class Owner:
    """A member who owns records, with the team that they are in."""

    member_id: int
    team_id: int | None


def seed_records(*, contacts: int, now: datetime, seed: int = 1) -> dict[str, int]:
    """Fill the current tenant; answers how many rows of each kind were written.

    In an empty tenant the same arguments give the same rows. Contacts get companies (one for eight), deals
    (one for four) and tasks (one for three), owned by the tenant's agents and leaders.
    """
    dice = random.Random(seed)  # noqa: S311 - no secret
    owners, first = _owners(), Company.objects.count()
    companies = write(Company, (_company(dice, owners, first + number) for number in range(contacts // 8)))
    stages = list(ContactStage.objects.order_by("position", "id"))
    people = write(Contact, (_contact(dice, owners, stages, companies, now) for _ in range(contacts)))
    deal_stages = list(Stage.objects.select_related("pipeline").order_by("position", "id"))
    deals = write(Deal, (_deal(dice, person, deal_stages, now) for person in people[::4]))
    tasks = write(Task, (_task(dice, person, now) for person in people[::3]))
    return {"companies": len(companies), "contacts": len(people), "deals": len(deals), "tasks": len(tasks)}


def write(model: type[M], rows: Iterable[M]) -> list[M]:
    """Insert rows in batches; answers them with their ids."""
    waiting: Iterator[M] = iter(rows)
    written: list[M] = []
    while batch := list(islice(waiting, BATCH)):
        written += model._default_manager.bulk_create(batch)
    return written


def _owners() -> list[Owner]:
    """The members who work records; everybody if nobody is in a team."""
    placed = TeamMember.objects.order_by("id").values_list("member_id", "team_id")
    teamless = Member.objects.order_by("id").values_list("id", flat=True)
    return [Owner(*place) for place in placed] or [Owner(member_id, None) for member_id in teamless]


def _owned(dice: random.Random, owners: list[Owner]) -> dict[str, Any]:
    owner = dice.choice(owners)
    return {"owner_id": owner.member_id, "team_id": owner.team_id}


def _company(dice: random.Random, owners: list[Owner], number: int) -> Company:
    name = f"{dice.choice(PLACES)} {dice.choice(TRADES)}"
    return Company(
        name=name,
        domain=f"{re.sub('[^a-z]', '', name.lower())}{number}.example",
        city=dice.choice(CITIES),
        industry=name.rpartition(" ")[2],
        **_owned(dice, owners),
    )


def _contact(
    dice: random.Random,
    owners: list[Owner],
    stages: list[ContactStage],
    companies: list[Company],
    now: datetime,
) -> Contact:
    first, last = dice.choice(FIRST), dice.choice(LAST)
    company = dice.choice(companies) if companies and dice.random() < 0.6 else None
    line = f"{dice.randrange(100, 200):04d}"  # 555-0100 to 0199 belong to nobody
    area = dice.choice((206, 312, 415, 617, 718))
    return Contact(
        first_name=first,
        last_name=last,
        full_name=f"{first} {last}",
        email=f"{first}.{last}{dice.randrange(10_000)}@{company.domain if company else 'mail.example'}".lower(),
        phone=f"+1 {area} 555 {line}",
        phone_e164=f"+1{area}555{line}",
        job_title=dice.choice(TITLES),
        stage=dice.choice(stages),
        source=dice.choice(SOURCES),
        company=company,
        company_name=company.name if company else "",
        last_activity_at=now - timedelta(minutes=dice.randrange(60 * 24 * 365)),
        **_owned(dice, owners),
    )


def _deal(dice: random.Random, contact: Contact, stages: list[Stage], now: datetime) -> Deal:
    stage = dice.choice(stages)
    entered = now - timedelta(hours=dice.randrange(24 * 90))
    return Deal(
        title=f"{contact.company_name or contact.full_name}: {dice.choice(('purchase', 'sale', 'contract'))}",
        amount=Decimal(dice.randrange(10, 900) * 1000),
        pipeline_id=stage.pipeline_id,
        stage=stage,
        status=stage.kind,
        contact=contact,
        company_id=contact.company_id,
        close_date=(now + timedelta(days=dice.randrange(-30, 120))).date(),
        stage_entered_at=entered,
        closed_at=None if stage.kind == Stage.Kind.OPEN else entered,
        owner_id=contact.owner_id,
        team_id=contact.team_id,
    )


def _task(dice: random.Random, contact: Contact, now: datetime) -> Task:
    done = dice.random() < 0.3
    return Task(
        title=f"{dice.choice(TASKS)}: {contact.full_name}",
        kind=dice.choice(Task.Kind.values),
        due_at=now + timedelta(hours=dice.randrange(-24 * 7, 24 * 21)),
        contact=contact,
        done_at=now if done else None,
        done_by_id=contact.owner_id if done else None,
        owner_id=contact.owner_id,
        team_id=contact.team_id,
    )
