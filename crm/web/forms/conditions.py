"""Conditions in a form: up to four rows of field, operator and value, all or any of which must hold."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.filters.fields import FilterField, Kind
from crm.web import choices
from crm.web.choices import Choices
from crm.web.numbers import whole
from realtime.functions import Context

ROWS = 4
#: Operators in words; those that a row of a form can hold.
WORDS: dict[str, Any] = {
    "is": _("is"),
    "is_not": _("is not"),
    "contains": _("contains"),
    "not_contains": _("does not contain"),
    "starts_with": _("starts with"),
    "any_of": _("has one of"),
    "none_of": _("has none of"),
    "at_least": _("is at least"),
    "at_most": _("is at most"),
    "before": _("is before"),
    "after": _("is after"),
    "in_last": _("in the last days"),
    "in_next": _("in the next days"),
    "more_than_ago": _("more days ago than"),
    "overdue": _("is overdue"),
    "is_me": _("is me"),
    "empty": _("is empty"),
    "not_empty": _("is filled in"),
}
VALUELESS = ("overdue", "is_me", "empty", "not_empty")
SPANS = ("in_last", "in_next", "more_than_ago")


#: Which lists stand for ids in conditions.
NAMES = {
    "members": choices.member_choices,
    "contact_stages": choices.contact_stage_choices,
    "deal_stages": choices.deal_stage_choices,
}


def names_of(ctx: Context) -> dict[str, Choices]:
    """What stands for ids in conditions."""
    return {offer: find(ctx) for offer, find in NAMES.items()}


class ConditionsForm(forms.Form):
    """``finder`` are the fields that may be chosen, ``names`` what stands for ids: {offer: choices}."""

    def __init__(
        self,
        *args: Any,
        finder: list[FilterField],
        names: dict[str, Choices],
        filter: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.finder = {field.key: field for field in finder}
        self.names = names
        offered = [("", "—"), *((field.key, str(field.label)) for field in finder)]
        rows = self._rows_of(filter)
        for number in range(ROWS):
            key, op, value = rows[number] if number < len(rows) else ("", "is", "")
            self.fields[f"c_field_{number}"] = forms.ChoiceField(
                label=_("Field"), choices=offered, required=False, initial=key
            )
            self.fields[f"c_op_{number}"] = forms.ChoiceField(
                label=_("Comparison"), choices=list(WORDS.items()), required=False, initial=op
            )
            self.fields[f"c_value_{number}"] = forms.CharField(
                label=_("Value"), required=False, max_length=200, initial=value
            )
        self.fields["c_any"] = forms.ChoiceField(
            label=_("Which must hold"), choices=[("all", _("All of them")), ("any", _("One of them"))],
            required=False, initial="any" if isinstance(filter, dict) and "any" in filter else "all",
        )  # fmt: skip

    @property
    def condition_rows(self) -> list[tuple[Any, Any, Any]]:
        """The bound fields of each row, for the template."""
        return (
            [
                (self[f"c_field_{number}"], self[f"c_op_{number}"], self[f"c_value_{number}"])
                for number in range(ROWS)
            ]
            if "c_field_0" in self.fields
            else []
        )

    @property
    def shown_rows(self) -> list[tuple[Any, Any, Any]]:
        """The rows in use, and the first: those that are seen at once."""
        rows = self.condition_rows
        used = [number for number, row in enumerate(rows, 1) if row[0].value()]
        return rows[: max(used, default=1)]

    @property
    def further_rows(self) -> list[tuple[Any, Any, Any]]:
        """The other ones, behind a click."""
        return self.condition_rows[len(self.shown_rows) :]

    @property
    def plain_fields(self) -> list[Any]:
        """The fields beside the conditions."""
        return [bound for bound in self if not bound.name.startswith("c_")]

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        for number in range(ROWS if "c_field_0" in self.fields else 0):
            key = self.cleaned_data.get(f"c_field_{number}")
            if not key:
                continue
            if not {f"c_op_{number}", f"c_value_{number}"} <= self.cleaned_data.keys():
                continue  # refused by their own fields: no comparison at all, or a value that is too long
            field, op = self.finder[key], self.cleaned_data[f"c_op_{number}"]
            if not field.takes(op):
                self.add_error(f"c_op_{number}", _("This comparison means nothing for the field."))
                continue
            try:
                self._value(field, op, self.cleaned_data[f"c_value_{number}"])
            except ValueError as error:
                self.add_error(f"c_value_{number}", str(error))
        return data

    def filter(self) -> dict[str, Any] | None:
        """The conditions as a filter; None without any."""
        found = []
        for number in range(ROWS):
            key = self.cleaned_data.get(f"c_field_{number}")
            if key:
                op = self.cleaned_data[f"c_op_{number}"]
                value = self._value(self.finder[key], op, self.cleaned_data[f"c_value_{number}"])
                found.append({"field": key, "op": op, **({} if value is None else {"value": value})})
        if not found:
            return None
        return {"any" if self.cleaned_data["c_any"] == "any" else "all": found}

    def _value(self, field: FilterField, op: str, text: str) -> Any:
        """What was written as the operator wants it; ValueError in words."""
        if op in VALUELESS:
            return None
        text = text.strip()
        if not text:
            raise ValueError(_("Fill this in."))
        if op in SPANS:
            return {"count": _whole(text), "unit": "day"}
        if op in ("any_of", "none_of"):
            return [self._single(field, part.strip()) for part in text.split(",") if part.strip()]
        return self._single(field, text)

    def _single(self, field: FilterField, text: str) -> Any:
        if field.kind is Kind.NUMBER:
            return _number(text)
        if field.kind is Kind.YES_NO:
            return text.casefold() in ("yes", "true", "1", str(_("Yes")).casefold())
        for value, label in self._named(field):
            if text.casefold() in (str(label).casefold(), str(value).casefold()):
                return value
        if field.kind in (Kind.LINK, Kind.MEMBER, Kind.TEAM, Kind.CHOICE):
            raise ValueError(_("There is nothing of this name."))
        return text

    def _named(self, field: FilterField) -> Choices:
        offered = self.names.get(field.offers, [])
        flat = [pair for entry in offered for pair in (entry[1] if isinstance(entry[1], list) else [entry])]
        return [*field.options, *flat]

    def _rows_of(self, filter: Any) -> list[tuple[str, str, str]]:
        """A stored filter as rows; what a row can't hold is left out."""
        if not isinstance(filter, dict):
            return []
        alone = [filter] if "field" in filter else []
        listed: list[Any] = filter.get("all", filter.get("any", alone)) or []
        return [
            (part["field"], part["op"], self._said(part))
            for part in listed
            if "field" in part and part["field"] in self.finder and part["op"] in WORDS
        ][:ROWS]

    def _said(self, part: dict[str, Any]) -> str:
        value = part.get("value")
        if value is None:
            return ""
        if isinstance(value, dict):
            return str(value.get("count", ""))
        named = {stored: str(label) for stored, label in self._named(self.finder[part["field"]])}
        values = value if isinstance(value, list) else [value]
        return ", ".join(named.get(one, str(one)) for one in values)


def _number(text: str) -> float | int:
    try:
        found = float(text.replace(",", "."))
    except ValueError:
        raise ValueError(_("Write a number.")) from None
    return int(found) if found.is_integer() else found


def _whole(text: str) -> int:
    found = whole(text)
    if found is None or not 1 <= found <= 1000:
        raise ValueError(_("Write a whole number from 1 to 1000."))
    return found
