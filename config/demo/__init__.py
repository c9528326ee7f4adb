"""Made-up records for the demo tenant and for benchmarks: the same for the same seed, written in bulk.

A firm with a year behind it: contacts come in faster and faster, deals walk through their stages and are won or lost
for reasons, calls and emails fall on working days, some members do better than others.
"""

from datetime import datetime

from config.demo import deals, extras, goals, people, sequences, work
from config.demo.chance import Chance, owners, write

__all__ = ["seed_records", "write"]


def seed_records(*, contacts: int, now: datetime, seed: int = 1) -> dict[str, int]:
    """Fill the current tenant; returns how many rows of each kind were written.

    In an empty tenant the same arguments give the same rows. For a hundred contacts there are 12 companies, 15 deals,
    50 tasks and 400 activities, owned by the tenant's agents and leaders.
    """
    chance = Chance(seed, now, owners())
    companies = people.seed_companies(chance, contacts // 8)
    persons = people.seed_contacts(chance, contacts, companies)
    made = deals.seed_deals(chance, persons[: contacts * 3 // 20])
    activities = work.seed_activities(chance, persons)
    tasks = work.seed_tasks(chance, persons[: contacts // 2])
    extras.seed_parts(chance, persons)
    extras.seed_parties(chance, made, persons)
    extras.seed_views()
    goals.seed_goals(chance)
    sequences.seed_sequences(chance)
    return {
        "companies": len(companies),
        "contacts": len(persons),
        "deals": len(made),
        "tasks": tasks,
        "activities": activities,
    }
