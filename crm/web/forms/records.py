"""What the forms of all records share: they follow the role's field rules, and edits send what was sent."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms

from accounts.permissions import Access, Permission
from accounts.roles.policy import record_rule, scope_of
from crm.records.custom import PREFIX
from crm.web.choices import NONE, Choices, with_blank, with_present
from crm.web.forms import customs
from realtime.functions import Context


class RecordForm(forms.Form):
    """A form about one object. Fields that the role hides are gone, those that it may only read are disabled."""

    object = ""
    #: A form on a record's page is a live region: it must not depend on lists of other records, which a script
    #: looks up. A new record's form lists the first ones, for browsers without scripts.
    lists_others = True

    def __init__(self, ctx: Context, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ctx = ctx
        self._add_custom_fields()
        scope = scope_of(ctx)
        for name in scope.hidden_fields(self.object) & self.fields.keys():
            del self.fields[name]
        for name in scope.readonly_fields(self.object) & self.fields.keys():
            self.fields[name].disabled = True

    def _add_custom_fields(self) -> None:
        """The firm's own fields come after the others."""
        values = (self.initial or {}).get("custom", {})
        self.fields |= customs.custom_fields(self.ctx, self.object, values)
        given = {**(self.initial or {}), **customs.initial_values(values)}
        self.initial = {name: _plain(value) for name, value in given.items()}

    @property
    def custom_bound(self) -> list[forms.BoundField]:
        """The custom fields, for templates that name the others one by one."""
        return [self[name] for name in self.fields if name.startswith(PREFIX)]

    def clean(self) -> dict[str, Any]:
        """Custom fields under one name, as the mutations take them."""
        return customs.gathered(super().clean() or self.cleaned_data)

    def offer_lookup(self, name: str, found: Callable[[Context], Choices]) -> None:
        """Fill a select among many records: nothing chosen, and the first ones if the form lists others."""
        if name in self.fields:
            self.offer(name, with_blank(NONE, found(self.ctx) if self.lists_others else []))

    def offer(self, name: str, found: Choices) -> None:
        """Fill a select, if the role shows it."""
        field: Any = self.fields.get(name)
        if field is not None:
            field.choices = found

    def choose(self, name: str, pk: int, label: str) -> None:
        """Begin with a record that a select may not list."""
        field: Any = self.fields[name]
        self.initial[name] = pk
        if hasattr(field, "choices"):
            field.choices = with_present(field.choices, pk, label)

    def drop_disabled(self) -> None:
        """A form for something new offers only what may be written."""
        self.fields = {name: field for name, field in self.fields.items() if not field.disabled}

    def keep_sent(self, sent: Mapping[str, Any]) -> None:
        """Only the fields that were sent count: one field saved by itself leaves the others alone."""
        self.fields = {
            name: field for name, field in self.fields.items() if name in sent and not field.disabled
        }

    def disable_all(self) -> None:
        """Everything may be read and nothing changed."""
        for field in self.fields.values():
            field.disabled = True


def may(ctx: Context, permission: Permission, row: Mapping[str, Any]) -> bool:
    """Whether the permission reaches the record of a query's row."""
    return judge(ctx, permission)(row)


def judge(ctx: Context, permission: Permission) -> Callable[[Mapping[str, Any]], bool]:
    """The same for many rows."""
    rule = record_rule(ctx, permission)
    if rule.access is Access.ALL:
        return lambda row: True
    return lambda row: rule.admits(SimpleNamespace(owner_id=row["owner_id"], team_id=row["team_id"]))


def _plain(value: Any) -> Any:
    """An amount as people write it: 480000, not 480000.00."""
    is_whole = isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value()
    return int(value) if is_whole else value
