"""Which fields of a record a step can set, and whether a value fits: as the area's own update function says."""

from functools import cache
from typing import Any

import orjson
from pydantic import BaseModel

from accounts.roles.fields import is_hidden
from accounts.roles.policy import scope_of
from crm.automations.definition import Object
from crm.automations.facts import has_places
from crm.automations.records import KINDS
from crm.fields.definitions import definitions_of
from crm.fields.kinds import cleaned
from crm.records.custom import PREFIX
from realtime.functions import Context, Phrase
from realtime.functions.registry import registry


@cache
def changes_of(object: Object) -> type[BaseModel]:
    """The shape of what the area's update function changes."""
    update: Any = registry.get(f"{KINDS[object].area}.update_{object}")
    found: type[BaseModel] = update.args_model.model_fields["changes"].annotation
    return found


def settable(ctx: Context, object: Object) -> list[str]:
    """The fields that a step can set, the firm's own included; without what the actor may not change."""
    readonly = scope_of(ctx).readonly_fields(object)
    own = [name for name in changes_of(object).model_fields if name != "custom"]
    customs = [f"{PREFIX}{key}" for key in definitions_of(object)]
    return [name for name in (*own, *customs) if not is_hidden(name, readonly)]


def problem_of_value(ctx: Context, object: Object, field: str, value: Any) -> Phrase | None:
    """Why a step can't set the field to the value; None if it can, or if only a run can say."""
    if field not in settable(ctx, object):
        return Phrase("%(field)s is not a field that a step can set.", field=field)
    if isinstance(value, str) and has_places(value):
        return None
    try:
        if field.startswith(PREFIX):
            cleaned(definitions_of(object)[field.removeprefix(PREFIX)], value)
            return None
        changes_of(object).model_validate_json(orjson.dumps({field: value}))
    except ValueError:  # pydantic's are of this kind, too
        return Phrase(
            "%(value)s does not fit the field %(field)s.", field=field, value="–" if value is None else value
        )
    return None
