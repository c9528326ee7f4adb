"""A filter as one field of a form: its JSON in a hidden input, which the filter builder writes (filter-input.js)."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from pydantic import TypeAdapter

from crm.filters.catalogs import catalog_of
from crm.filters.grammar import Filter, parts_of
from crm.web.field_choices import names_of
from realtime.functions import Context

FILTER: TypeAdapter[Filter] = TypeAdapter(Filter)


class FilterInput(forms.HiddenInput):
    """The hidden input inside the element that draws the builder."""

    def __init__(self, ctx: Context, object: str, nothing: str, is_personal: bool) -> None:
        super().__init__()
        self.ctx, self.object, self.nothing, self.is_personal = ctx, object, nothing, is_personal

    @property
    def is_hidden(self) -> bool:
        """It has a place of its own in the form."""
        return False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The input, and what the builder has to know."""
        found = _readable(value)
        text = "" if found is None else json.dumps(found)
        names = (
            {}
            if found is None
            else names_of(self.ctx, catalog_of(self.object), FILTER.validate_python(found))
        )
        return format_html(
            '<filter-input data-fields="{}" data-names="{}" data-none="{}"{}>{}'
            '<div class="filter-panel is-inline" data-panel></div></filter-input>',
            reverse("list_fields", args=[self.object]),
            json.dumps(names),
            self.nothing,
            SafeString(" data-personal") if self.is_personal else "",
            super().render(name, text, attrs, renderer),
        )


class FilterField(forms.Field):
    """A filter, None for one without conditions; whatever the builder can't show stays as it is.

    ``is_personal`` offers "is me" and the like: somebody asks, now.
    """

    def __init__(
        self, label: Any, ctx: Context, object: str, nothing: str, *, is_personal: bool = False
    ) -> None:
        super().__init__(label=label, required=False, widget=FilterInput(ctx, object, nothing, is_personal))

    def to_python(self, value: Any) -> dict[str, Any] | None:
        """The filter as JSON; ValidationError for what is none."""
        try:
            return read_filter(value)
        except ValueError:
            raise ValidationError(
                _("These conditions can't be read. Take them out and add them again.")
            ) from None


def _readable(value: Any) -> dict[str, Any] | None:
    """The filter, or none in place of what can't be read: the form is shown again and says so."""
    try:
        return read_filter(value)
    except ValueError:
        return None


def read_filter(value: Any) -> dict[str, Any] | None:
    """A stored or sent filter as plain JSON, None for nothing; ValueError for what is none."""
    if value in (None, "", {}):
        return None
    found = FILTER.validate_json(value) if isinstance(value, str) else FILTER.validate_python(value)
    if parts_of(found) == []:
        return None
    return found.model_dump(mode="json", exclude_unset=True)
