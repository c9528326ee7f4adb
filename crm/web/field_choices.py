"""What the filter builder offers: fields, their operators in words, and values to choose from."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from accounts.roles.queries import list_teams
from crm.deals.queries import list_pipelines
from crm.filters.catalogs import Catalog, Finder
from crm.filters.dates import PERIODS
from crm.filters.fields import FilterField, Kind
from crm.filters.grammar import Filter, conditions_of
from crm.segments.queries import list_tags
from crm.web import choices
from crm.web.pages import ask
from realtime.functions import Context

OPERATORS = {
    "is": gettext_lazy("is"),
    "is_not": gettext_lazy("is not"),
    "any_of": gettext_lazy("is any of"),
    "none_of": gettext_lazy("is none of"),
    "all_of": gettext_lazy("has all of"),
    "contains": gettext_lazy("contains"),
    "not_contains": gettext_lazy("does not contain"),
    "starts_with": gettext_lazy("starts with"),
    "ends_with": gettext_lazy("ends with"),
    "empty": gettext_lazy("is empty"),
    "not_empty": gettext_lazy("is not empty"),
    "less": gettext_lazy("is less than"),
    "at_most": gettext_lazy("is at most"),
    "more": gettext_lazy("is more than"),
    "at_least": gettext_lazy("is at least"),
    "before": gettext_lazy("is before"),
    "after": gettext_lazy("is after"),
    "between": gettext_lazy("is between"),
    "within": gettext_lazy("is within"),
    "in_last": gettext_lazy("is in the last"),
    "in_next": gettext_lazy("is in the next"),
    "more_than_ago": gettext_lazy("is longer ago than"),
    "more_than_ahead": gettext_lazy("is further ahead than"),
    "overdue": gettext_lazy("is overdue"),
    "is_me": gettext_lazy("is me"),
    "is_not_me": gettext_lazy("is not me"),
    "my_teams": gettext_lazy("is one of my teams"),
    "not_my_teams": gettext_lazy("is none of my teams"),
}


def comparison_word(field: FilterField | None, how: str) -> str:
    """How an automation compares what a field was or became, in the words of conditions."""
    of_dates = {"less": "before", "more": "after"} if field is not None and field.kind is Kind.DATE else {}
    return str(OPERATORS[{"filled": "not_empty", **of_dates}.get(how, how)])


PERIOD_WORDS = {
    "today": gettext_lazy("today"),
    "yesterday": gettext_lazy("yesterday"),
    "tomorrow": gettext_lazy("tomorrow"),
    "this_week": gettext_lazy("this week"),
    "last_week": gettext_lazy("last week"),
    "next_week": gettext_lazy("next week"),
    "this_month": gettext_lazy("this month"),
    "last_month": gettext_lazy("last month"),
    "next_month": gettext_lazy("next month"),
    "this_quarter": gettext_lazy("this quarter"),
    "last_quarter": gettext_lazy("last quarter"),
    "next_quarter": gettext_lazy("next quarter"),
    "this_year": gettext_lazy("this year"),
    "last_year": gettext_lazy("last year"),
    "next_year": gettext_lazy("next year"),
}
#: Records that a field looks up while one types, rather than lists.
LOOKUPS = ("companies", "contacts", "deals")


def offered_fields(ctx: Context, catalog: Catalog) -> dict[str, Any]:
    """The fields that the actor may filter by, and the words of the builder."""
    lists: dict[str, Any] = {}
    return {
        "fields": [_field(ctx, field, lists) for field in Finder(ctx, catalog)],
        "operators": {word: str(label) for word, label in OPERATORS.items()},
        "periods": [[word, str(PERIOD_WORDS[word])] for word in PERIODS],
        "units": [["day", _("days")], ["week", _("weeks")], ["month", _("months")], ["year", _("years")]],
        "texts": {
            "where": _("Where"),
            "and": _("and"),
            "or": _("or"),
            "all": _("all of these hold"),
            "any": _("any of these holds"),
            "add": _("Add condition"),
            "group": _("Add group"),
            "remove": _("Remove"),
            "clear": _("Clear filter"),
            "condition": _("Condition"),
            "field": _("Field"),
            "operator": _("Comparison"),
            "value": _("Value"),
            "to": _("to"),
            "choose": _("Choose…"),
            "yes": _("Yes"),
            "no": _("No"),
            "none": _("No conditions yet: everything is shown."),
            "up": _("Move up"),
            "down": _("Move down"),
            "usual": _("Usual columns"),
        },
    }


def _field(ctx: Context, field: FilterField, lists: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "key": field.key,
        "label": str(field.label),
        "kind": str(field.kind),
        "operators": list(field.operators),
    }
    if field.options:
        found["options"] = [[key, str(label)] for key, label in field.options]
    elif field.offers in LOOKUPS:
        found["lookup"] = field.offers
    elif field.offers:
        if field.offers not in lists:
            lists[field.offers] = LISTS[field.offers](ctx)
        found["options"] = lists[field.offers]
    return found


def options_of(ctx: Context, field: FilterField) -> tuple[str, list[Any]]:
    """What looks a field's values up while one types, and the values that it lists, as pairs."""
    if field.options:
        return "", [(key, str(label)) for key, label in field.options]
    if field.offers in LOOKUPS:
        return field.offers, []
    return "", [tuple(pair) for pair in LISTS[field.offers](ctx)] if field.offers else []


def names_of(ctx: Context, catalog: Catalog, filter: Filter | None) -> dict[str, dict[int, str]]:
    """What the looked-up values of a filter are called, by field: the builder lists no records."""
    if filter is None:
        return {}
    ids: dict[str, set[int]] = {}
    fields = {field.key: field.offers for field in catalog.fields if field.offers in LOOKUPS}
    for node in conditions_of(filter):
        offers = fields.get(node.field)
        if offers:
            values = node.value if isinstance(node.value, list) else [node.value]
            ids.setdefault(offers, set()).update(pk for pk in values if isinstance(pk, int))
    found = {offers: choices.names_by_id(ctx, offers, sorted(wanted)) for offers, wanted in ids.items()}
    return {key: found[offers] for key, offers in fields.items() if found.get(offers or "")}


def _pairs(listed: Any) -> list[Any]:
    return [[key, str(name)] for key, name in listed]


def _teams(ctx: Context) -> list[Any]:
    if not scope_of(ctx).allows(Permission.MEMBER_VIEW):
        return []
    return [[row["id"], row["name"]] for row in ask(ctx, list_teams)]


def _stages(ctx: Context) -> list[Any]:
    """Stages of all pipelines, with the pipeline's name where there are several."""
    rows = ask(ctx, list_pipelines)
    return [
        [stage["id"], stage["name"] if len(rows) == 1 else f"{row['name']}: {stage['name']}"]
        for row in rows
        for stage in row["stages"]
    ]


LISTS: dict[str, Any] = {
    "members": lambda ctx: _pairs(choices.member_choices(ctx)),
    "teams": _teams,
    "contact_stages": lambda ctx: _pairs(choices.contact_stage_choices(ctx)),
    "pipelines": lambda ctx: [[row["id"], row["name"]] for row in ask(ctx, list_pipelines)],
    "stages": _stages,
    "lost_reasons": lambda ctx: _pairs(choices.lost_reason_choices(ctx)),
    "tags": lambda ctx: [[row["name"], row["name"]] for row in ask(ctx, list_tags)],
}
