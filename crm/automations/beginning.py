"""One run of an automation for one record, and the guard against automations that set each other off."""

import re
from typing import Any

from crm.automations.definition import WaitFor, read, walk
from crm.automations.models import Automation, AutomationRun
from crm.automations.records import KINDS
from crm.sequences.enrolling import origin_of
from realtime import metrics
from workflows import start

#: So many automations may lead to one another; the one after that does not begin.
LONGEST_CHAIN = 5
_RUN = re.compile(r"^run-(\d+)-")


def begin(automation: Automation, record_id: int, chain: list[int] | None = None) -> int | None:
    """Start a run of the published version; answers its id. Part of the caller's transaction.

    None if the record is going through the automation already, or is in a chain of automations that came by here
    before. The run is known by (automation, record), so that two triggers at once start one.
    """
    version, chain = automation.current, chain or []
    if version is None:
        return None
    if automation.pk in chain or len(chain) >= LONGEST_CHAIN:
        metrics.automation_begins.labels("guarded").inc()
        return None
    definition = read(version.definition)
    object = definition.object
    args = {
        "automation_id": automation.pk,
        "version_id": version.pk,
        f"{object}_id": record_id,
    }
    run_id = start(f"automations.{object}", args, key=f"{automation.pk}/{record_id}")
    row, is_new = AutomationRun.objects.get_or_create(
        run_id=run_id,
        defaults={
            "automation": automation,
            "number": version.number,
            "object": object,
            "record_id": record_id,
            "record_name": name_of(object, record_id),
            "chain": [*chain, automation.pk],
            "waits": any(isinstance(step, WaitFor) for step, _list, _depth in walk(definition.steps)),
        },
    )
    metrics.automation_begins.labels("begun" if is_new else "joined").inc()
    return row.run_id if is_new else None


def name_of(object: Any, record_id: int) -> str:
    """What the record is called, for the history."""
    kind = KINDS[object]
    found = kind.model.objects.filter(pk=record_id).values_list(kind.name, flat=True).first()
    return str(found or "")[:200]


def chain_of(request_id: str | None) -> list[int]:
    """The automations that led to a change, by the request that made it: a run's steps name their run there.

    What a sequence does, the automation did that enrolled the contact.
    """
    found = _RUN.match(request_id or "")
    if found is None:
        return []
    run_id = origin_of(int(found[1]))
    chain = AutomationRun.objects.filter(run_id=run_id).values_list("chain", flat=True).first()
    return list(chain or [])
