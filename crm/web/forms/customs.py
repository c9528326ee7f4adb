"""Custom fields in the forms of records: one form field each, named as field rules name it ("custom.plan")."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.roles.policy import scope_of
from crm.fields.definitions import Definition, shown_definitions
from crm.fields.queries import OBJECTS
from crm.records.custom import PREFIX
from crm.web import choices
from realtime.functions import Context

YES_NO = (("", "–"), ("true", _("Yes")), ("false", _("No")))


class SeveralField(forms.MultipleChoiceField):
    """Some of a few; an empty text among the values stands for none of them, as a script sends it."""

    widget = forms.CheckboxSelectMultiple

    def to_python(self, value: Any) -> list[str]:
        return [each for each in super().to_python(value) if each]


def custom_fields(ctx: Context, object: str, values: Mapping[str, Any]) -> dict[str, forms.Field]:
    """The form fields of the object's custom fields, as far as the role shows them."""
    if object not in OBJECTS:
        return {}
    scope = scope_of(ctx)
    readonly = scope.readonly_fields(object)
    found = {}
    for key, definition in shown_definitions(object, scope.hidden_fields(object)).items():
        field = _field(ctx, definition, values.get(key))
        field.disabled = f"{PREFIX}{key}" in readonly
        found[f"{PREFIX}{key}"] = field
    return found


def gathered(cleaned: dict[str, Any]) -> dict[str, Any]:
    """Cleaned data with the custom fields under one name, as the mutations take them."""
    values = {name.removeprefix(PREFIX): cleaned[name] for name in cleaned if name.startswith(PREFIX)}
    others = {name: value for name, value in cleaned.items() if not name.startswith(PREFIX)}
    return {**others, "custom": values} if values else others


def _field(ctx: Context, definition: Definition, value: Any) -> forms.Field:
    common: dict[str, Any] = {"label": definition.label, "required": definition.is_required}
    if definition.type == "member":
        chosen = choices.with_blank(choices.NOBODY, choices.member_choices(ctx))
        return choices.id_field(definition.label, choices.with_present(chosen, value, None))
    if definition.type == "choice":
        return forms.ChoiceField(choices=[("", "–"), *definition.options.items()], **common)
    if definition.type == "choices":
        return SeveralField(choices=list(definition.options.items()), **common)
    return BUILDERS[definition.type](definition, common)


def _line(kind: str = "text") -> Callable[[Definition, dict[str, Any]], forms.Field]:
    widget = {"type": kind}
    return lambda _definition, common: forms.CharField(widget=forms.TextInput(widget), **common)


def _number(definition: Definition, common: dict[str, Any]) -> forms.Field:
    label = common.pop("label")
    if definition.type == "currency" and definition.currency:
        label = f"{label} ({definition.currency})"
    widget = forms.NumberInput({"inputmode": "decimal", "step": "any"})
    return forms.DecimalField(label=label, widget=widget, **common)


def _date(_definition: Definition, common: dict[str, Any]) -> forms.Field:
    return forms.DateField(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **common)


def _datetime(_definition: Definition, common: dict[str, Any]) -> forms.Field:
    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(widget=widget, **common)


def _long(_definition: Definition, common: dict[str, Any]) -> forms.Field:
    return forms.CharField(widget=forms.Textarea({"rows": 2}), **common)


def _yes_no(_definition: Definition, common: dict[str, Any]) -> forms.Field:
    return forms.TypedChoiceField(
        choices=YES_NO, coerce=lambda text: text in ("true", "True", True), empty_value=None, **common
    )


BUILDERS: dict[str, Callable[[Definition, dict[str, Any]], forms.Field]] = {
    "text": _line(),
    "long_text": _long,
    "number": _number,
    "currency": _number,
    "date": _date,
    "datetime": _datetime,
    "yes_no": _yes_no,
    "url": _line("url"),
    "email": _line("email"),
    "phone": _line("tel"),
}


def initial_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """A record's values as the form fields begin with them."""
    return {f"{PREFIX}{key}": _initial(value) for key, value in values.items()}


def _initial(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and len(value) == 20 and value.endswith("Z"):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return value
    return value
