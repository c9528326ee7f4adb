"""The fields that each kind of record can be filtered and sorted by, as far as the actor's role shows them.

An area registers its catalog when it is imported. What a role hides is not there: an error about a hidden field
and one about a field that never was are the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import Q

from accounts.permissions import Permission
from accounts.roles.fields import is_hidden
from accounts.roles.policy import member_id_of, record_rule, scope_of, team_ids_of
from crm.fields.definitions import Definition, definitions_of
from crm.filters.dates import midnight
from crm.filters.fields import FilterField, Kind
from crm.records.custom import PREFIX
from realtime.functions import Context, Phrase, invalid


@dataclass(frozen=True)
class Catalog:
    """What one kind of record can be filtered by, and the query that does it."""

    object: str
    permission: Permission
    #: The query's name: "contacts.search_contacts".
    search: str
    default_sort: str
    fields: tuple[FilterField, ...]
    #: Columns that an index for each reach is in the order of; with none of them, lists are sorted whole.
    ordered: frozenset[str] = frozenset()
    #: Fields of which an index finds the records that have a value, or with one operator: "done_at empty".
    indexed: frozenset[str] = frozenset()
    #: The order that lists without an index look along, if the default sort is none of ``ordered``.
    walked: str = ""

    @cached_property
    def by_key(self) -> dict[str, FilterField]:
        """The fields by key."""
        return {field.key: field for field in self.fields}


_catalogs: dict[str, Catalog] = {}


def register(catalog: Catalog) -> Catalog:
    """Let saved views and pages find the catalog by the record's word."""
    _catalogs[catalog.object] = catalog
    return catalog


def catalog_of(object: str) -> Catalog:
    """The catalog of a kind of record."""
    return _catalogs[object]


KINDS = {
    "number": Kind.NUMBER, "currency": Kind.NUMBER, "date": Kind.DATE, "datetime": Kind.MOMENT,
    "yes_no": Kind.YES_NO, "choice": Kind.CHOICE, "choices": Kind.CHOICES, "member": Kind.MEMBER,
}  # fmt: skip
UNSORTABLE = ("choices", "long_text", "member")


def custom_field(definition: Definition) -> FilterField:
    """A custom field as something to filter by."""
    key = f"{PREFIX}{definition.key}"
    return FilterField(
        key=key,
        label=definition.label,
        kind=KINDS.get(definition.type, Kind.TEXT),
        path="custom_values",
        nullable=True,
        custom=definition.key,
        prepare=str.lower if definition.type == "email" else None,
        sort="" if definition.type in UNSORTABLE else key,
        sort_nullable=True,
        options=tuple(definition.options.items()),
        offers="members" if definition.type == "member" else "",
    )


class Finder:
    """The fields of a catalog that the actor may use; the custom ones are read when the first one is asked for."""

    def __init__(self, ctx: Context, catalog: Catalog) -> None:
        self._ctx, self._catalog = ctx, catalog
        self._hidden = scope_of(ctx).hidden_fields(catalog.object)

    @cached_property
    def _customs(self) -> dict[str, FilterField]:
        found = map(custom_field, definitions_of(self._catalog.object).values())
        return {field.key: field for field in found if field.key not in self._hidden}

    def find(self, name: str, param: str) -> FilterField:
        """The field, or InvalidInput about the parameter."""
        found = self.get(name)
        if found is None:
            told = Phrase("There is no field %(name)s to use here.", name=name)
            raise invalid(param, told, "unknown_field")
        return found

    def get(self, name: str) -> FilterField | None:
        """The field if there is one that the role shows."""
        if name.startswith(PREFIX):
            return self._customs.get(name)
        found = self._catalog.by_key.get(name)
        return found if found is not None and self._shows(found) else None

    def __iter__(self) -> Iterator[FilterField]:
        yield from (field for field in self._catalog.fields if self._shows(field))
        yield from self._customs.values()

    def _shows(self, field: FilterField) -> bool:
        if is_hidden(field.rule or field.key, self._hidden):
            return False
        if field.through_permission is None:
            return True
        scope, noun = scope_of(self._ctx), field.through_permission.partition(".")[0]
        if not field.through:
            return scope.allows(field.through_permission)
        linked = f"{noun}_id" not in self._hidden and scope.allows(field.through_permission)
        return linked and not is_hidden(field.path.rpartition("__")[2], scope.hidden_fields(noun))

    def guard(self, field: FilterField) -> Q | None:
        """Of a linked record, the condition that the actor sees it."""
        if field.through_permission is None:
            return None
        rule = record_rule(self._ctx, field.through_permission).q(field.whose)
        if not field.through:
            return rule
        linked = Q(**{f"{field.through}__isnull": False})
        return linked if rule is None else linked & rule


class Asking:
    """The viewer of a compiled filter: who calls, in the time zone that they asked for."""

    def __init__(self, ctx: Context, zone: ZoneInfo) -> None:
        self._ctx, self.zone = ctx, zone

    def now(self) -> datetime:
        """The call's time; relative dates change at the next midnight."""
        now = self._ctx.now
        tomorrow = now.astimezone(self.zone).date() + timedelta(days=1)
        self._ctx.valid_until(midnight(tomorrow, self.zone))
        return now

    def member_id(self) -> int | None:
        """The acting member."""
        return member_id_of(self._ctx)

    def team_ids(self) -> tuple[int, ...]:
        """The acting member's teams."""
        return team_ids_of(self._ctx)
