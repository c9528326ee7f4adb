"""Values of custom fields on their way into a record: every mutation of a record passes them through here."""

from collections.abc import Mapping
from typing import Any

from accounts.roles.models import Member
from accounts.roles.policy import scope_of
from crm.fields.definitions import Definition, definitions_of
from crm.fields.kinds import cleaned
from crm.records.custom import PREFIX
from realtime.functions import Context, InvalidInput
from realtime.functions.errors import ArgumentError

Given = Mapping[str, Any] | None


def new_values(ctx: Context, object: str, given: Given, *, from_outside: bool = False) -> dict[str, Any]:
    """The values of a record that is created; InvalidInput names every wrong or missing one ("custom.plan").

    What comes from outside can't hold what its sender was not asked: there nothing is missing.
    """
    definitions = definitions_of(object)
    if not definitions and not given:
        return {}
    writing = _Writing(ctx, object, definitions, PREFIX)
    found = writing.merge({}, given or {})
    if ctx.actor.kind != "system" and not from_outside:
        writing.demand(definition.key for definition in definitions.values() if definition.key not in found)
    return writing.finish(found)


def changed_values(ctx: Context, object: str, before: Mapping[str, Any], given: Given) -> dict[str, Any]:
    """All values of a record after a change: keys that are not given stay, null empties.

    InvalidInput names every wrong one ("changes.custom.plan").
    """
    if not given:
        return dict(before)
    writing = _Writing(ctx, object, definitions_of(object), f"changes.{PREFIX}")
    found = writing.merge(before, given)
    writing.demand(key for key in given if key in before and key not in found)
    return writing.finish(found)


class _Writing:
    """One write: gathers what is wrong with any of the values, so that the caller hears it all at once."""

    def __init__(self, ctx: Context, object: str, definitions: dict[str, Definition], prefix: str) -> None:
        scope = scope_of(ctx)
        self._definitions, self._prefix = definitions, prefix
        self._hidden, self._readonly = scope.hidden_fields(object), scope.readonly_fields(object)
        self._errors: list[ArgumentError] = []
        self._members: dict[int, str] = {}

    def merge(self, before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        """The old values with the given ones, cleaned; a value that stays as it is, is not looked at."""
        found = dict(before)
        for key, value in given.items():
            if not self._may_write(key, value, before):
                continue
            try:
                new = cleaned(self._definitions[key], value)
            except ValueError as error:
                self._refuse(key, error.args[0], "invalid")
                continue
            found.pop(key, None)
            if new is not None:
                found[key] = new
                self._note_member(key, new, before)
        return found

    def _may_write(self, key: str, value: Any, before: Mapping[str, Any]) -> bool:
        if key not in self._definitions or f"{PREFIX}{key}" in self._hidden:
            self._refuse(key, "There is no such custom field.", "unknown_field")
            return False
        if f"{PREFIX}{key}" in self._readonly:
            if value not in (before.get(key), "", None, []) or (key in before and value != before[key]):
                self._refuse(key, "Your role may not change this field.", "field_forbidden")
            return False
        return True

    def _note_member(self, key: str, new: Any, before: Mapping[str, Any]) -> None:
        if self._definitions[key].type == "member" and new != before.get(key):
            self._members[new] = key

    def demand(self, keys: Any) -> None:
        """Note the required fields among the keys, which have no value, as missing; one that is kept from the
        role can't be demanded of it."""
        for key in keys:
            definition = self._definitions.get(key)
            if definition and definition.is_required and f"{PREFIX}{key}" not in self._readonly:
                self._refuse(key, "Fill this in.", "required")

    def finish(self, found: dict[str, Any]) -> dict[str, Any]:
        """The values if nothing is wrong with them, else InvalidInput."""
        if self._members:
            active = Member.objects.filter(pk__in=self._members, is_active=True).values_list("pk", flat=True)
            for pk in self._members.keys() - set(active):
                self._refuse(self._members[pk], "There is no active member with this id.", "unknown_member")
        if self._errors:
            raise InvalidInput(errors=self._errors)
        return found

    def _refuse(self, key: str, detail: str, code: str) -> None:
        if all(error["param"] != self._prefix + key for error in self._errors):
            self._errors.append({"param": self._prefix + key, "code": code, "detail": detail})
