"""A form field for the value of any field of a record: which input it offers follows from the field's kind."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.filters.fields import FilterField, Kind
from crm.web.choices import LookupField, with_blank
from crm.web.field_choices import options_of
from realtime.functions import Context

YES_NO = [("true", _("Yes")), ("false", _("No"))]
IDS = (Kind.LINK, Kind.MEMBER, Kind.TEAM)


def value_field(
    ctx: Context, field: FilterField | None, label: Any, blank: Any, help_text: Any = ""
) -> forms.Field:
    """The form field; a blank one stands for nothing, in the words given."""
    if field is None:
        return forms.CharField(label=label, required=False, max_length=200, help_text=help_text)
    lookup, options = options_of(ctx, field)
    if lookup:
        return LookupField(label, lookup)
    if field.kind is Kind.YES_NO:
        options = YES_NO
    if options or field.kind in IDS:
        return forms.ChoiceField(label=label, choices=with_blank(blank, options), required=False)
    if field.kind is Kind.DATE:
        widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(label=label, required=False, widget=widget)
    return forms.CharField(label=label, required=False, max_length=200, help_text=help_text)


def stored_value(field: FilterField | None, value: Any) -> Any:
    """What was chosen or written, as the record has it; None for nothing."""
    if value in (None, ""):
        return None
    if field is None:
        return value
    if field.kind is Kind.YES_NO:
        return value == "true"
    if field.kind in IDS:
        return int(value)
    if field.kind is Kind.DATE:
        return value.isoformat()
    return _number(value) if field.kind is Kind.NUMBER and field.custom else value


def shown_value(field: FilterField | None, value: Any) -> Any:
    """A stored value as the form field takes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def _number(text: str) -> Any:
    try:
        found = float(text.replace(",", "."))
    except ValueError:
        return text  # with the record's fields in it; what is nonsense is refused when it is published
    return int(found) if found.is_integer() else found
