"""Times that come again, in words: "Monday to Friday · 09:00" for the cron expression "0 9 * * mon-fri"."""

from collections.abc import Mapping
from typing import Any

from croniter import CroniterError, croniter
from django.utils.dates import MONTHS
from django.utils.dates import WEEKDAYS as DAY_NAMES
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

#: How often something comes, for a form; what these do not say is a cron expression.
RHYTHMS = [
    ("daily", gettext_lazy("Every day")), ("workdays", gettext_lazy("Monday to Friday")),
    ("weekly", gettext_lazy("On days of the week")), ("monthly", gettext_lazy("On a day of the month")),
    ("other", gettext_lazy("At other times (cron)")),
]  # fmt: skip
#: Days of the week as cron writes them.
WEEKDAYS = list(zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), DAY_NAMES.values(), strict=True))
#: More times of a day than that say less than the expression.
MOST_TIMES = 6
Numbers = list[int] | None


def clock_in_words(expression: str) -> str:
    """What the expression says; one that words would not make shorter stays as it is."""
    found = parts_of(expression)
    if found is None:
        return expression
    minutes, hours, days, months, weekdays = found
    times = _times(minutes, hours)
    if not times or (days is not None and weekdays is not None):
        return expression
    said = [_weekdays(weekdays) if weekdays is not None else _days(days), times]
    if months is not None:
        said.append(", ".join(str(MONTHS[number]) for number in months))
    return " · ".join(said)


def parts_of(expression: str) -> tuple[Numbers, Numbers, Numbers, Numbers, Numbers] | None:
    """Minutes, hours, days, months and weekdays (Monday is 0) as numbers, None for all of them; None for what
    numbers do not say, such as the last Friday."""
    try:
        found: list[list[Any]] = croniter.expand(expression)[0]
    except (CroniterError, ValueError):
        return None
    is_plain = all(isinstance(one, int) or one == "*" for part in found for one in part)
    if len(found) != 5 or "#" in expression or not is_plain:
        return None
    minutes, hours, days, months, weekdays = (None if "*" in part else sorted(part) for part in found)
    if weekdays is not None:
        weekdays = sorted({(number - 1) % 7 for number in weekdays})
    return minutes, hours, days, months, weekdays


def rhythm_of(expression: str) -> dict[str, Any]:
    """A cron expression as the fields of a form: ``often`` with ``at``, ``weekdays`` and ``day``, or ``cron``."""
    usual = {"weekdays": ["mon"], "day": 1, "at": "09:00", "cron": expression}
    found = parts_of(expression)
    if found is None:
        return {"often": "other", **usual}
    minutes, hours, days, months, weekdays = found
    if (
        months
        or len(minutes or ()) != 1
        or len(hours or ()) != 1
        or (days and weekdays)
        or len(days or [1]) != 1
    ):
        return {"often": "other", **usual}
    assert minutes
    assert hours
    usual["at"] = f"{hours[0]:02}:{minutes[0]:02}"
    if days:
        return {"often": "monthly", **usual, "day": days[0]}
    if weekdays is None:
        return {"often": "daily", **usual}
    if weekdays == [0, 1, 2, 3, 4]:
        return {"often": "workdays", **usual}
    return {"often": "weekly", **usual, "weekdays": [WEEKDAYS[number][0] for number in weekdays]}


def cron_of_rhythm(data: Mapping[str, Any]) -> str:
    """The cron expression of a form's fields."""
    if data["often"] == "other":
        return str(data["cron"]).strip()
    time = f"{data['at'].minute} {data['at'].hour}"
    if data["often"] == "monthly":
        return f"{time} {data['day']} * *"
    days = {"daily": "*", "workdays": "mon-fri"}.get(data["often"]) or ",".join(data["weekdays"])
    return f"{time} * * {days}"


def _times(minutes: Numbers, hours: Numbers) -> str:
    if minutes is None:
        return _("every minute") if hours is None else ""
    if hours is None:
        return _each_hour(minutes)
    times = [f"{hour:02}:{minute:02}" for hour in hours for minute in minutes]
    return ", ".join(times) if len(times) <= MOST_TIMES else ""


def _each_hour(minutes: list[int]) -> str:
    distance = 60 // len(minutes)
    if len(minutes) > 1 and minutes == list(range(0, 60, distance)):
        return _("every %(count)s minutes") % {"count": distance}
    return _("every hour at %(times)s") % {"times": ", ".join(f":{minute:02}" for minute in minutes)}


def _weekdays(found: list[int]) -> str:
    if len(found) > 2 and found == list(range(found[0], found[-1] + 1)):
        return _("%(first)s to %(last)s") % {"first": DAY_NAMES[found[0]], "last": DAY_NAMES[found[-1]]}
    return ", ".join(str(DAY_NAMES[number]) for number in found)


def _days(found: Numbers) -> str:
    if found is None:
        return _("Every day")
    listed = ", ".join(str(number) for number in found)
    text = ngettext("Day %(days)s of the month", "Days %(days)s of the month", len(found))
    return text % {"days": listed}


def length_in_words(**units: int) -> str:
    """A length of time: "2 days 3 hours"."""
    said = {
        "days": lambda count: ngettext("%(count)s day", "%(count)s days", count),
        "hours": lambda count: ngettext("%(count)s hour", "%(count)s hours", count),
        "minutes": lambda count: ngettext("%(count)s minute", "%(count)s minutes", count),
    }
    return " ".join(said[unit](count) % {"count": count} for unit, count in units.items() if count) or "–"
