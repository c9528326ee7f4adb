"""Live regions of the custom fields' settings."""

from typing import Any

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.fields.queries import list_custom_fields
from crm.fields.schemas import FieldObject
from crm.web.forms.fields import TYPE_LABELS
from crm.web.pages import ask
from crm.web.words import OBJECTS
from realtime.functions import Context, Forbidden
from realtime.live.fragments import fragment


@fragment("settings/fields", template="settings/_fields.html")
def fields(ctx: Context, *, object: FieldObject) -> dict[str, Any]:
    """The fields of one kind of record, each with what moving it up or down would make of the order."""
    if not scope_of(ctx).allows(Permission.FIELD_MANAGE):
        raise Forbidden("Your role may not define custom fields.")
    rows: list[Any] = ask(ctx, list_custom_fields, object=object, retired=True)
    used = [row for row in rows if not row["is_retired"]]
    ids = [row["id"] for row in used]
    for row in rows:
        row["type_label"] = TYPE_LABELS[row["type"]]
    for place, row in enumerate(used):
        row["up"] = _swapped(ids, place, place - 1) if place else ""
        row["down"] = _swapped(ids, place, place + 1) if place + 1 < len(ids) else ""
    retired = [row for row in rows if row["is_retired"]]
    return {"object": object, "title": OBJECTS[object], "rows": used, "retired": retired}


def _swapped(ids: list[int], one: int, other: int) -> str:
    order = [*ids]
    order[one], order[other] = order[other], order[one]
    return ",".join(map(str, order))
