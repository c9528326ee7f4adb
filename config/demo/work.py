"""What members did and have to do: activities and tasks."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F, Max, OuterRef, Subquery
from django.db.models.functions import Greatest

from accounts.roles.models import Member
from config.demo.chance import Chance, write
from config.demo.words import CALLS, EMAILS, MEETINGS, NOTES, TASKS, TEXTS
from crm.activities.models import Activity, CallDetail
from crm.contacts.models import Contact
from crm.tasks.models import Task

KINDS = {
    "call": (9, CALLS),
    "email": (8, EMAILS),
    "note": (4, NOTES),
    "text": (3, TEXTS),
    "meeting": (2, MEETINGS),
}
#: Outcomes of calls and how often; the first one is somebody who answered.
OUTCOMES = {"connected": 9, "voicemail": 4, "no_answer": 5, "busy": 1, "wrong_number": 1}
#: Of a hundred tasks: overdue, due today, later, the rest is done.
OPEN = ((3, -6, 0), (4, 0, 1), (11, 1, 21))

LEAD_TASKS = (
    ("Look through the month's figures", -20),
    ("Talk with Lea about the spring campaign", 3),
    ("Approve the new price list", 5),
    ("Plan the team's day out", 52),
    ("Renew the office's lease", 170),
)


def seed_activities(chance: Chance, contacts: list[Contact]) -> int:
    """About four a contact, by their owner, after they were made."""
    made = write(Activity, (each for contact in contacts for each in _activities(chance, contact)))
    calls = (each for each in made if each.kind == Activity.Kind.CALL)
    write(CallDetail, (_detail(chance, each) for each in calls))
    _note_last(made)
    return len(made)


def _activities(chance: Chance, contact: Contact) -> Iterator[Activity]:
    if contact.owner_id is None:
        return
    for _ in range(int(chance.dice.triangular(0, 11, 2))):
        kind = chance.one(list(KINDS), [weight for weight, _texts in KINDS.values()])
        at = chance.after(contact.created_at)
        if at is None:
            continue
        yield Activity(
            kind=kind,
            subject="contact",
            contact=contact,
            actor_id=contact.owner_id,
            direction="" if kind in ("note", "meeting") else chance.one(("out", "out", "in")),
            occurred_at=at,
            body=chance.one(KINDS[kind][1]),
            owner_id=contact.owner_id,
            team_id=contact.team_id,
            created_at=at,
        )


def _detail(chance: Chance, call: Activity) -> CallDetail:
    outcome = chance.one(list(OUTCOMES), list(OUTCOMES.values()))
    seconds = int(chance.dice.lognormvariate(5, 0.8)) if outcome == "connected" else None
    return CallDetail(activity=call, outcome=outcome, seconds=seconds)


def _note_last(made: list[Activity]) -> None:
    """Contacts know when something last happened with them."""
    if not made:
        return
    newest = Activity.objects.filter(contact=OuterRef("pk")).order_by().values("contact")
    last = Subquery(newest.annotate(last=Max("occurred_at")).values("last"))
    touched = Contact.objects.filter(pk__gte=made[0].contact_id, pk__lte=made[-1].contact_id)
    touched.update(last_activity_at=Greatest(F("last_activity_at"), last))


def seed_tasks(chance: Chance, contacts: list[Contact]) -> int:
    """One a contact: most are done, some are due today, and each member has a few."""
    made = write(Task, (_task(chance, contact) for contact in contacts if contact.owner_id))
    return len(made) + len(write(Task, _tasks_of_leads(chance)))


def _tasks_of_leads(chance: Chance) -> Iterator[Task]:
    """Whoever runs the firm has a day as well."""
    leads = (
        Member.objects.filter(role__key__in=("owner", "admin")).order_by("id").values_list("id", flat=True)
    )
    for member in leads:
        for title, hours in LEAD_TASKS:
            due = chance.now + timedelta(hours=hours)
            due = due.replace(hour=min(max(due.hour, 9), 17), minute=0, second=0, microsecond=0)
            yield Task(
                title=title, kind="todo", due_at=due, owner_id=member, created_at=due - timedelta(days=9)
            )


def _task(chance: Chance, contact: Contact) -> Task:
    kind = chance.one(list(TASKS))
    due, is_done = _due(chance, contact.created_at)
    done = min(due + timedelta(hours=chance.dice.gauss(-4, 20)), chance.now - timedelta(minutes=5))
    return Task(
        title=f"{chance.one(TASKS[kind])}: {contact.full_name}",
        kind=kind,
        due_at=due,
        contact=contact,
        done_at=done if is_done else None,
        done_by_id=contact.owner_id if is_done else None,
        owner_id=contact.owner_id,
        team_id=contact.team_id,
        created_at=min(contact.created_at, due),
    )


def _due(chance: Chance, created: datetime) -> tuple[datetime, bool]:
    """When a task is due, and whether it is done."""
    roll = chance.dice.randrange(100)
    for share, first, last in OPEN:
        if roll < share:
            days = first + (last - first) * chance.dice.random()
            day = (chance.now + timedelta(days=days)).replace(second=0, microsecond=0)
            hour = min(max(day.hour, 8 + chance.dice.randrange(4)), 14 + chance.dice.randrange(5))
            return day.replace(hour=hour, minute=day.minute // 15 * 15), False
        roll -= share
    return chance.after(created) or chance.between(created, chance.now), True
