"""Published versions: what each holds, how it differs from the one before, and taking one back into the draft."""

from typing import Any

from accounts.permissions import Permission
from crm.automations.definition import Definition, Strict, read, walk
from crm.automations.models import AutomationVersion
from crm.automations.schemas import Difference, VersionDetail
from realtime.functions import Context, Id, NotFound, query

WAYS = ("yes", "no")


@query(permission=Permission.AUTOMATION_VIEW)
def get_automation_version(ctx: Context, *, automation_id: Id, number: int) -> VersionDetail:
    """Read a published version, and how it differs from the one before."""
    row = version_of(automation_id, number)
    before = AutomationVersion.objects.filter(automation=automation_id, number__lt=number)
    earlier = before.order_by("-number").values_list("definition", flat=True).first()
    return {
        "number": row.number,
        "published_at": row.published_at,
        "published_by": row.published_by.name if row.published_by else None,
        "definition": row.definition,
        "differences": differences(None if earlier is None else read(earlier), read(row.definition)),
    }


def version_of(automation_id: int, number: int) -> AutomationVersion:
    """A version with who published it; NotFound without one."""
    rows = AutomationVersion.objects.select_related("published_by")
    found = rows.filter(automation=automation_id, number=number).first()
    if found is None:
        raise NotFound("The automation has no version of this number.")
    return found


def differences(before: Definition | None, after: Definition) -> list[Difference]:
    """What was added, removed, changed or moved, in the order of the page; nothing before means all is new."""
    old, new = _parts(before), _parts(after)
    found: list[Difference] = []
    for key, (place, part) in new.items():
        if key not in old:
            found.append(_difference("added", key, None, part))
        elif old[key][1] != part:
            found.append(_difference("changed", key, old[key][1], part))
        elif old[key][0] != place and key in old:
            found.append(_difference("moved", key, part, part))
    found += [
        _difference("removed", key, part, None) for key, (_place, part) in old.items() if key not in new
    ]
    return found


def _difference(what: Any, key: str, before: Any, after: Any) -> Difference:
    return {"what": what, "step": key, "before": before, "after": after}


def _parts(definition: Definition | None) -> dict[str, tuple[object, dict[str, Any] | None]]:
    """Each part by its id, with what stands before it in its list: trigger and conditions, then the steps alone."""
    if definition is None:
        return {}
    parts: dict[str, tuple[object, dict[str, Any] | None]] = {"trigger": (None, _plain(definition.trigger))}
    if definition.only_if is not None:
        parts["only_if"] = (None, definition.only_if.model_dump(mode="json", exclude_none=True))
    for step, listed, _depth in walk(definition.steps):
        place = next(number for number, other in enumerate(listed) if other is step)
        parts[step.id] = (listed[place - 1].id if place else _owner(definition, listed), _plain(step))
    return parts


def _owner(definition: Definition, listed: list[Any]) -> str:
    """The branch and way that a list of steps is, "" for the outermost."""
    for step, _list, _depth in walk(definition.steps):
        for way in WAYS:
            if getattr(step, way, None) is listed:
                return f"{step.id}/{way}"
    return ""


def _plain(part: Strict) -> dict[str, Any]:
    return part.model_dump(mode="json", exclude_none=True, exclude=set(WAYS))
