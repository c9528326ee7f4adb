"""What selects offer: members, stages, companies, contacts; each list as far as the actor may see it."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.roles.policy import member_id_of, visible_to
from accounts.roles.queries import list_member_choices, list_teams
from crm.companies.models import Company
from crm.companies.queries import list_company_choices
from crm.contacts.models import Contact
from crm.contacts.queries import list_contact_stages, list_contacts
from crm.contacts.words import list_lead_sources
from crm.deals.models import Deal
from crm.deals.queries import list_lost_reasons, list_pipelines
from crm.forms.queries import list_forms
from crm.mail.templates import list_templates
from crm.segments.queries import list_tags
from crm.sequences.queries import list_sequences
from crm.web.numbers import whole
from crm.web.words import person_name
from realtime.functions import Context, Forbidden
from realtime.functions.call import call

Choices = list[tuple[Any, str]]

NOBODY = _("Nobody")
NONE = _("None")


def id_field(
    label: Any, choices: Choices, *, required: bool = False, **options: Any
) -> forms.TypedChoiceField:
    """A select whose value is an id, or None for the blank line."""
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=int, empty_value=None, required=required, **options
    )


class LookupField(forms.TypedChoiceField):
    """A select among more records than it lists: a script looks others up, the function checks the id."""

    def __init__(self, label: Any, lookup: str, **options: Any) -> None:
        widget = forms.Select({"data-lookup": lookup})
        super().__init__(
            label=label, choices=[], coerce=int, empty_value=None, required=False, widget=widget, **options
        )

    def valid_value(self, value: Any) -> bool:
        """Any whole number may be an id."""
        return whole(value) is not None


def with_blank(blank: Any, choices: Choices) -> Choices:
    """The choices after a first line that stands for none of them."""
    return [("", str(blank)), *choices]


def with_present(choices: Choices, pk: Any, name: str | None) -> Choices:
    """The choices and, if it is not among them, the one that is chosen now."""
    if pk is None or any(choice == pk for choice, _name in choices):
        return choices
    return [*choices, (pk, name or f"#{pk}")]


def member_choices(ctx: Context) -> Choices:
    """Active members; a role that may not see members chooses only themselves."""
    try:
        return _pairs(call(list_member_choices, ctx))
    except Forbidden:
        me = member_id_of(ctx)
        return [] if me is None else [(me, str(_("Me")))]


def sequence_choices(ctx: Context) -> Choices:
    """The sequences that contacts may begin."""
    found: Any = _allowed(ctx, list_sequences, state="active", limit=200)
    return _pairs(found["data"]) if found else []


def team_choices(ctx: Context) -> Choices:
    """The teams by name."""
    return _pairs(_allowed(ctx, list_teams))


def template_choices(ctx: Context) -> Choices:
    """The email templates that the member may use, by name."""
    return _pairs(_allowed(ctx, list_templates))


def contact_stage_choices(ctx: Context) -> Choices:
    """The stages of the relationship, in order."""
    return _pairs(call(list_contact_stages, ctx))


def source_choices(ctx: Context) -> Choices:
    """Where contacts come from, in order."""
    return [(row["name"], row["name"]) for row in call(list_lead_sources, ctx)]


def tag_names(ctx: Context) -> list[str]:
    """The names of the tags, for what is typed."""
    return [row["name"] for row in call(list_tags, ctx)]


class Suggestions(forms.TextInput):
    """A text field that suggests what there is and takes anything."""

    def __init__(self, offered: list[str], **options: Any) -> None:
        super().__init__(**options)
        self.offered = offered

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The field, and the suggestions that it finds by their id."""
        place = f"{name}-suggestions"
        field = super().render(name, value, {**(attrs or {}), "list": place}, renderer)
        options = format_html_join("", '<option value="{}"></option>', ((text,) for text in self.offered))
        return format_html('{}<datalist id="{}">{}</datalist>', field, place, options)


def company_choices(ctx: Context) -> Choices:
    """The first companies by name."""
    return _pairs(_allowed(ctx, list_company_choices))


def contact_choices(ctx: Context) -> Choices:
    """The contacts that were active last."""
    rows: Any = _allowed(ctx, list_contacts, limit=50)
    return [(row["id"], person_name(row)) for row in rows["data"]] if rows else []


def deal_stage_choices(ctx: Context, without: Collection[int] = ()) -> list[Any]:
    """Stages of all pipelines, grouped by pipeline where there are several."""
    groups = [
        (row["name"], [choice for choice in _pairs(row["stages"]) if choice[0] not in without])
        for row in call(list_pipelines, ctx)
    ]
    return groups[0][1] if len(groups) == 1 else [group for group in groups if group[1]]


def form_choices(ctx: Context) -> Choices:
    """The forms for web pages, by name."""
    rows: Any = _allowed(ctx, list_forms, limit=200)
    return _pairs(rows["data"]) if rows else []


def lost_reason_choices(ctx: Context) -> Choices:
    """Why deals are lost, in order."""
    return _pairs(call(list_lost_reasons, ctx))


def names_by_id(ctx: Context, what: str, ids: list[int]) -> dict[int, str]:
    """What records are called, by id; those out of sight are not there."""
    models: dict[str, tuple[Any, Permission, str]] = {
        "companies": (Company, Permission.COMPANY_VIEW, "name"),
        "contacts": (Contact, Permission.CONTACT_VIEW, "full_name"),
        "deals": (Deal, Permission.DEAL_VIEW, "title"),
    }
    model, permission, column = models[what]
    return dict(visible_to(ctx, permission, model.objects.filter(pk__in=ids)).values_list("pk", column))


def _pairs(rows: Any) -> Choices:
    return [(row["id"], row["name"]) for row in rows]


def _allowed(ctx: Context, function: Any, **args: Any) -> Any:
    try:
        return call(function, ctx, args)
    except Forbidden:
        return []
