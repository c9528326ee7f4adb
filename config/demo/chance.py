"""Dice, calendar and members that all of the demo shares."""

import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from django.db.models import DateTimeField, Model
from django.utils import timezone

from accounts.roles.models import Member, TeamMember

M = TypeVar("M", bound=Model)
T = TypeVar("T")

YEAR = 365
BATCH = 2000


@dataclass(frozen=True, slots=True)
class Owner:
    """A member who owns records, with the team that they are in and how well they do (1 is ordinary)."""

    member_id: int
    team_id: int | None
    skill: float


#: How well the first, second ... owner does, so that a leaderboard has something to tell.
SKILLS = (0.8, 1.35, 1.0, 0.9, 1.15, 0.7)


def owners() -> list[Owner]:
    """The members who work records; everybody if nobody is in a team."""
    placed = TeamMember.objects.order_by("id").values_list("member_id", "team_id")
    teamless = ((pk, None) for pk in Member.objects.order_by("id").values_list("id", flat=True))
    return [
        Owner(pk, team, SKILLS[place % len(SKILLS)])
        for place, (pk, team) in enumerate(list(placed) or list(teamless))
    ]


@dataclass
class Chance:
    """Everything by dice that fall the same way for the same seed; ``now`` is where the year ends."""

    seed: int
    now: datetime
    owners: Sequence[Owner]
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 - no secret

    def one(self, things: Sequence[T], weights: Sequence[float] | None = None) -> T:
        """One of the things."""
        return self.dice.choices(things, weights)[0] if weights else self.dice.choice(things)

    def owner(self) -> Owner:
        """A member; who does well gets more."""
        return self.one(self.owners, [owner.skill for owner in self.owners])

    def day(self, growth: float = 1.6) -> datetime:
        """A moment of the past year, more often a late one; on a working day, within working hours."""
        ago = YEAR * (1 - self.dice.random() ** (1 / growth))
        return self.at_work(self.now - timedelta(days=ago))

    def at_work(self, moment: datetime) -> datetime:
        """A moment of the same day between 8 and 18, of one of the days before a weekend; never in the future."""
        if moment.weekday() >= 5:
            moment -= timedelta(days=moment.weekday() - 4 + self.dice.randrange(4))
        minutes = int(self.dice.triangular(8 * 60, 18 * 60, 11 * 60))
        found = moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(minutes=minutes)
        return min(found, self.now - timedelta(minutes=self.dice.randrange(1, 400)))

    def after(self, start: datetime) -> datetime | None:
        """A working moment soon after, None if it is still to come."""
        days = self.dice.expovariate(1 / 35)
        found = self.at_work(start + timedelta(days=days))
        return None if start + timedelta(days=days) > self.now else max(found, start)

    def between(self, start: datetime, end: datetime) -> datetime:
        """A working moment between the two."""
        found = self.at_work(start + (end - start) * self.dice.random())
        return max(found, start)


def write(model: type[M], rows: Iterable[M]) -> list[M]:
    """Insert rows in batches, with the times that they come with; answers them with their ids."""
    waiting: Iterator[M] = iter(rows)
    written: list[M] = []
    with kept_times(model) as stamped:
        while batch := list(islice(waiting, BATCH)):
            _stamp(batch, stamped)
            written += model._default_manager.bulk_create(batch)
    return written


@contextmanager
def kept_times(model: type[Model]) -> Iterator[list[str]]:
    """``created_at`` is what the row says, not the moment of writing; for one thread that does nothing else.

    Yields the names of such columns.
    """
    stamped: list[Any] = [
        each
        for each in model._meta.local_concrete_fields
        if isinstance(each, DateTimeField) and each.auto_now_add
    ]
    for each in stamped:
        each.auto_now_add = False
    try:
        yield [each.attname for each in stamped]
    finally:
        for each in stamped:
            each.auto_now_add = True


def _stamp(rows: Iterable[Model], names: Sequence[str]) -> None:
    """Rows that do not say when they were made are made now."""
    for row in rows:
        for name in names:
            if getattr(row, name) is None:
                setattr(row, name, timezone.now())
