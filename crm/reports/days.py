"""Which day it is for the firm. Daily totals are kept by the same clock: see migrations/_zone.py."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import DataError, connection

from accounts.tenancy import current_schema
from accounts.zones import clock_of, time_zone_of
from realtime.functions import Context, invalid
from workflows.kinds import Again, due
from workflows.schedule import schedule_due

MOVE = "reports.move_days"
#: Records of each kind that a step counts: a fraction of a second.
AT_ONCE = 20_000


def this_day(ctx: Context) -> tuple[date, datetime]:
    """The firm's day that it is, and the moment (in UTC) at which it is over."""
    clock: ZoneInfo = ctx.once("clock of the firm", lambda: clock_of(ctx.schema))
    day = ctx.now.astimezone(clock).date()
    return day, datetime.combine(day + timedelta(days=1), time(), clock).astimezone(UTC)


def today(ctx: Context) -> date:
    """The firm's day that it is; the answer holds until it is over."""
    day, end = this_day(ctx)
    ctx.valid_until(end)
    return day


def begin_days() -> None:
    """Let a new tenant's days begin by its clock."""
    zone = time_zone_of(current_schema())
    if zone != "UTC":
        move_days(zone)


def move_days(zone: str) -> None:
    """Let the current tenant's days begin by another clock, and count again what its totals count by day.

    The newest records at once, the others step by step, as due work; writers of what is counted wait for one step.
    Where deals began and how they moved stays on the day on which it was told. InvalidInput for a zone that the
    database does not know.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reports_begin_move(%s)", [zone])
    except DataError as error:
        detail = "There is no time zone of this name: write one such as Europe/Berlin."
        raise invalid("time_zone", detail, "unknown_zone") from error
    if move_on(0) is not None:
        schedule_due(MOVE, 0)


@due(MOVE)
def move_on(_ref: int) -> Again:
    """One step of the move, from the newest records to the oldest; comes again until all are counted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reports_move_on(%s)", [AT_ONCE])
        is_over = cursor.fetchone()[0]
    return None if is_over else timedelta(0)
