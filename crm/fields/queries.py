"""Reading custom fields."""

from typing import Any, cast

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.fields.definitions import all_definitions, as_row, definitions_of
from crm.fields.schemas import FieldObject, FieldRow
from crm.records.custom import PREFIX
from realtime.functions import Context, query

OBJECTS: tuple[FieldObject, ...] = ("contact", "company", "deal", "task")


@query(permission=Permission.TENANT_VIEW)
def list_custom_fields(
    ctx: Context, *, object: FieldObject | None = None, retired: bool = False
) -> list[FieldRow]:
    """List the custom fields in order, of one kind of record or of all; ``retired`` lists the retired ones too.

    Fields that your role hides are absent.
    """
    rows: list[dict[str, Any]] = []
    found = {object: definitions_of(object, retired=retired)} if object else all_definitions(retired=retired)
    for noun in OBJECTS:
        hidden = scope_of(ctx).hidden_fields(noun)
        fields = found.get(noun, {}).values()
        rows += [as_row(field, noun) for field in fields if f"{PREFIX}{field.key}" not in hidden]
    return cast("list[FieldRow]", rows)
