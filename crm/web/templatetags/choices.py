"""Selects that are not part of a Django form: filters above a list, and choices that are saved where they stand."""

from collections.abc import Iterable
from typing import Any

from django import forms, template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm.web.templatetags.ui import control, icon

register = template.Library()


@register.simple_tag
def choice_filter(name: str, choices: Iterable[Any], value: Any, anything: str, label: str) -> SafeString:
    """A filter of a list: its first line filters nothing, a chosen one stands out."""
    options = _options([("", anything), *choices], value)
    is_set = "" if value in (None, "") else " is-set"
    return format_html(
        '<span class="select compact"><select class="input compact{}" name="{}" aria-label="{}">{}</select>{}</span>',
        is_set, name, label, options, icon("chevron-down"),
    )  # fmt: skip


@register.simple_tag
def select_inline(
    name: str, choices: Iterable[Any], value: Any, enabled: bool = True, field_id: str = ""
) -> SafeString:
    """A select that reads as text until it is touched."""
    return format_html(
        '<div class="inline" data-field="{}"><span class="select"><select class="input bare" name="{}" id="{}"{}>{}'
        "</select>{}</span></div>",
        name, name, field_id or f"inline-{name}", SafeString("" if enabled else " disabled"),
        _options(choices, value), icon("chevron-down") if enabled else "",
    )  # fmt: skip


@register.simple_tag
def compact_select(name: str, choices: Iterable[Any], value: Any, label: str) -> SafeString:
    """A small select within a row, named for screen readers by what the row is about."""
    return format_html(
        '<span class="select compact"><select class="input compact" name="{}" aria-label="{}">{}</select>{}</span>',
        name, label, _options(choices, value), icon("chevron-down"),
    )  # fmt: skip


@register.simple_tag
def inline_fields(form: forms.BaseForm) -> SafeString:
    """A record's fields as label and value, each to be changed where it stands."""
    return format_html_join("", "{}", ((inline_field(bound),) for bound in form.visible_fields()))


@register.simple_tag
def inline_field(bound: forms.BoundField) -> SafeString:
    """One field of a record's page."""
    state = format_html('<span class="saved" role="status">{}</span>', icon("check", _("Saved")))
    empty = "–" if bound.field.disabled else _("Add…")
    inner = control(bound, "bare", placeholder=empty, autocomplete="off")
    return format_html(
        '<label for="{}">{}</label><div class="inline" data-field="{}">{}{}</div>',
        bound.id_for_label, bound.label, bound.html_name, inner, "" if bound.field.disabled else state,
    )  # fmt: skip


def _options(choices: Iterable[Any], value: Any) -> SafeString:
    return format_html_join("", "{}", ((_option(key, name, value),) for key, name in choices))


def _option(key: Any, name: Any, value: Any) -> SafeString:
    if isinstance(name, list | tuple):
        return format_html('<optgroup label="{}">{}</optgroup>', key, _options(name, value))
    chosen = SafeString(" selected" if key == ("" if value is None else value) else "")
    return format_html('<option value="{}"{}>{}</option>', key, chosen, name)
