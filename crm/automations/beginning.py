"""One run of an automation for one record, and the guard against automations that set each other off."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F
from django.db.models.functions import Now

from crm.automations.definition import Object, WaitFor, read, walk
from crm.automations.models import Automation, AutomationRun
from crm.automations.records import KINDS
from crm.sequences.enrolling import origin_of
from realtime import metrics
from workflows import start
from workflows.runs.models import Run

#: So many automations may lead to one another; the one after that does not begin.
LONGEST_CHAIN = 5
_RUN = re.compile(r"^run-(\d+)-")


def begin(automation: Automation, record_id: int, chain: list[int] | None = None) -> int | None:
    """Start a run of the published version for a record; returns its id. Part of the caller's transaction.

    None if the record is gone or going through the automation already, or is in a chain of automations that came by
    here before. The run is known by (automation, record), so that two triggers at once start one.
    """
    return begin_all(automation, {record_id: chain or []}).get(record_id)


def begin_all(
    automation: Automation, records: Mapping[int, list[int]], *, lane: int | None = None, reached: str = ""
) -> dict[int, int]:
    """The same for many records, each with its chain: a statement a run and a few for all. Returns the new runs.

    ``reached`` is the records' day that a date trigger waited for. A run that is under way for another day of the same
    record gives way: its date was moved.
    """
    version = automation.current
    if version is None or not records:
        return {}
    definition = read(version.definition)
    wanted = {pk: chain for pk, chain in records.items() if not is_guarded(automation, chain)}
    metrics.automation_begins.labels("guarded").inc(len(records) - len(wanted))
    _note_loops(automation, version.number, definition.object, records)
    names = names_of(definition.object, wanted)
    begun = {
        pk: _start(automation, version.pk, definition.object, pk, lane, reached)
        for pk in wanted
        if pk in names
    }
    known = AutomationRun.objects.filter(run_id__in=begun.values()).values_list("run_id", flat=True)
    earlier = set(known)
    waits = any(isinstance(step, WaitFor) for step, _list, _depth in walk(definition.steps))
    rows = [
        AutomationRun(
            automation=automation, number=version.number, run_id=run_id, object=definition.object, record_id=pk,
            record_name=names[pk], chain=[*wanted[pk], automation.pk], waits=waits,
        )
        for pk, run_id in begun.items() if run_id not in earlier
    ]  # fmt: skip
    metrics.automation_begins.labels("joined").inc(len(begun) - len(rows))
    if rows:
        AutomationRun.objects.bulk_create(rows)
        counted = Automation.objects.filter(pk=automation.pk)
        counted.update(started=F("started") + len(rows), last_started_at=Now(), trouble="")
        metrics.automation_begins.labels("begun").inc(len(rows))
    return {row.record_id: begun[row.record_id] for row in rows}


def is_guarded(automation: Automation, chain: list[int]) -> bool:
    """Whether automations led to one another here and must not go on."""
    return automation.pk in chain or len(chain) >= LONGEST_CHAIN


def _note_loops(
    automation: Automation, number: int, object: Object, records: Mapping[int, list[int]]
) -> None:
    """Say in the history for whom it did not begin as other automations led here; once for each way they did.

    What it changed itself begins nothing and needs no word.
    """
    held = {pk: [*chain, automation.pk] for pk, chain in records.items()
            if is_guarded(automation, chain) and chain[-1] != automation.pk}  # fmt: skip
    if not held:
        return
    told = AutomationRun.objects.filter(automation=automation, object=object, record_id__in=held, run_id=None)
    known = {(record_id, *chain) for record_id, chain in told.values_list("record_id", "chain")}
    names = names_of(object, held)
    AutomationRun.objects.bulk_create(
        AutomationRun(
            automation=automation, number=number, object=object, record_id=pk, record_name=names[pk], chain=chain,
        )
        for pk, chain in held.items() if pk in names and (pk, *chain) not in known
    )  # fmt: skip


def _start(
    automation: Automation, version_id: int, object: Object, record_id: int, lane: int | None, reached: str
) -> int:
    args: dict[str, Any] = {
        "automation_id": automation.pk, "version_id": version_id, f"{object}_id": record_id,
    }  # fmt: skip
    if reached:
        args["reached"] = reached
    return start(
        f"automations.{object}", args, key=f"{automation.pk}/{record_id}", lane=lane,
        on_conflict="replace" if reached else "return",
    )  # fmt: skip


def names_of(object: Object, ids: Iterable[int]) -> dict[int, str]:
    """What those of the records that are there are called, for the history."""
    kind = KINDS[object]
    rows = kind.model.objects.filter(pk__in=list(ids)).values_list("pk", kind.name)
    return {pk: str(name or "")[:200] for pk, name in rows}


def chain_of(request_id: str | None) -> list[int]:
    """The automations that led to a change, by the request that made it: a run's steps name their run there.

    What a sequence does, the automation did that enrolled the contact.
    """
    found = _RUN.match(request_id or "")
    if found is None:
        return []
    run_id = origin_of(int(found[1]))
    chain = AutomationRun.objects.filter(run_id=run_id).values_list("chain", flat=True).first()
    return list(chain) if chain is not None else _of_copy(run_id)


def _of_copy(run_id: int) -> list[int]:
    """A run that was started anew from a step of another one is in no history: it stands for its automation alone."""
    found = (
        Run.objects.filter(pk=run_id, workflow__startswith="automations.")
        .values_list("args", flat=True)
        .first()
    )
    return [found["automation_id"]] if found and "version_id" in found else []
