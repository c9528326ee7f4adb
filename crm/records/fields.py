"""Which fields of an object a caller gets to see, and the words for what changed."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Expression, ExpressionWrapper, F, When
from django.db.models.expressions import Combinable

from accounts.permissions import Permission
from accounts.roles.fields import is_hidden
from accounts.roles.policy import record_rule, scope_of
from crm.records.custom import without_hidden
from realtime.functions import Context, invalid

#: Output name -> where it comes from: the same name is a plain column, another a path, else an expression.
FieldMap = Mapping[str, str | Expression]


def plain(*names: str) -> dict[str, str | Expression]:
    """A field map of columns that keep their names."""
    return {name: name for name in names}


def readable(ctx: Context, object: str, fields: FieldMap) -> tuple[list[str], dict[str, Combinable]]:
    """Arguments for ``QuerySet.values``: (columns, renamed expressions) without what the role hides."""
    hidden = scope_of(ctx).hidden_fields(object)
    if "custom" in fields:
        fields = {**fields, "custom": without_hidden(hidden)}
    names = [name for name in fields if not is_hidden(name, hidden)]
    renamed: dict[str, Combinable] = {}
    for name in names:
        source = fields[name]
        if source != name:
            renamed[name] = F(source) if isinstance(source, str) else source
    return [name for name in names if fields[name] == name], renamed


def linked_name(ctx: Context, permission: Permission, relation: str, column: str) -> Expression:
    """The linked record's name where the actor may see that record, else NULL."""
    condition = record_rule(ctx, permission).q(f"{relation}__")
    if condition is None:
        return ExpressionWrapper(F(f"{relation}__{column}"), CharField())
    return Case(When(condition, then=F(f"{relation}__{column}")), default=None, output_field=CharField())


def shows(ctx: Context, object: str, field: str) -> bool:
    """Whether the role may see the field: a hidden one may not be searched or filtered by either."""
    return field not in scope_of(ctx).hidden_fields(object)


def refuse_hidden(ctx: Context, object: str, **asked: object) -> None:
    """InvalidInput for a list that is narrowed by a field that the role hides; what was not asked for is None."""
    for name, value in asked.items():
        if value is not None and not shows(ctx, object, name):
            raise invalid(name, "Your role may not see this field.", "field_forbidden")


def ordered(ctx: Context, object: str, sort: str) -> tuple[str, str]:
    """A list's order by a column, for ``take_page``; InvalidInput for one that the role hides."""
    if not shows(ctx, object, sort.lstrip("-")):
        raise invalid("sort", "Your role may not see this field.", "field_forbidden")
    return sort, "-id" if sort.startswith("-") else "id"


def plain_value(value: Any) -> Any:
    """A value as the audit log keeps it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
