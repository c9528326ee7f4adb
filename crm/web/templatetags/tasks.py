"""How tasks are written: kinds with their signs, due times, and rules of repetition as sentences."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.tasks.searching import KINDS
from crm.web.forms.tasks import WEEKDAYS
from crm.web.templatetags.ui import icon

register = template.Library()
SIGNS = {"call": "phone", "email": "mail", "text": "send", "meeting": "users", "followup": "rotate-ccw"}


@register.simple_tag
def task_kind(kind: str) -> SafeString:
    """A kind with its sign."""
    return format_html("{}{}", icon(SIGNS.get(kind, "check")), dict(KINDS).get(kind, kind))


@register.simple_tag
def task_due(row: Mapping[str, Any]) -> str:
    """When it is due: the day alone where the task has no time."""
    if row.get("due_date"):
        return date_format(row["due_date"], "WEEKDAY_FORMAT")
    return date_format(localtime(row["due_at"]), "WEEKDAY_TIME_FORMAT")


@register.simple_tag
def repeats(rule: Mapping[str, Any]) -> str:
    """A rule as a sentence: "every 2 weeks on Mon, Thu, until 3 May 2027"."""
    parts = [_interval(rule)]
    if rule["unit"] == "week":
        names = dict(WEEKDAYS)
        parts[0] += " " + _("on %(days)s") % {
            "days": ", ".join(str(names[str(day)]) for day in rule["weekdays"])
        }
    elif rule["unit"] == "month" and rule["month_day"] == -1:
        parts[0] += " " + _("on the last day")
    elif rule["unit"] == "month":
        parts[0] += " " + _("on day %(day)d") % {"day": rule["month_day"]}
    if "until" in rule:
        parts.append(_("until %(day)s") % {"day": date_format(date.fromisoformat(rule["until"]))})
    if "count" in rule:
        parts.append(ngettext("%(n)d time more", "%(n)d times more", rule["count"]) % {"n": rule["count"]})
    return ", ".join(parts)


def _interval(rule: Mapping[str, Any]) -> str:
    every = rule["every"]
    words = {
        "day": ngettext("daily", "every %(n)d days", every),
        "weekday": _("on weekdays"),
        "week": ngettext("weekly", "every %(n)d weeks", every),
        "month": ngettext("monthly", "every %(n)d months", every),
        "year": ngettext("yearly", "every %(n)d years", every),
    }
    return words[rule["unit"]] % {"n": every}
