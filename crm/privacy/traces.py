"""Where a person leaves traces that no foreign key leads to: runs' journals, the audit log, notifications, titles."""

import re
from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import F, Q

from crm.automations.models import AutomationRun
from crm.deals.models import Deal
from crm.mail.models import Suppression
from crm.notifications.models import Notification
from realtime.functions.models import AuditEntry, IdempotencyRecord
from realtime.schema import current_schema
from workflows import cancel
from workflows.models import Due, StuckRun
from workflows.runs.models import LIVE, Place, Run

#: What stands in the place of a name.
NOBODY = "…"
# That something happened to a field stays, from what to what goes.
FORGET = """
    UPDATE {table} SET changes = (SELECT jsonb_object_agg(key, '[null, null]'::jsonb) FROM jsonb_each(changes))
    WHERE object = %s AND object_id = ANY(%s) AND changes <> '{{}}'
"""
NAMING = " AND changes::text ILIKE ANY(%s)"


def end_runs(subjects: dict[str, Collection[int]]) -> list[int]:
    """Cancel the runs about the records and delete them with their journals; answers their ids.

    No step of theirs commits afterwards: a worker that holds one finds it gone.
    """
    about = Q(pk=None)
    for subject, ids in subjects.items():
        about |= Q(subject=subject, subject_id__in=ids)
    found = _with_children(list(Run.objects.filter(about).order_by("pk").values_list("pk", flat=True)))
    for run_id in (
        Run.objects.filter(pk__in=found, status__in=LIVE).order_by("pk").values_list("pk", flat=True)
    ):
        cancel(run_id, missing_ok=True)
    AutomationRun.objects.filter(run_id__in=found).delete()
    Run.objects.filter(pk__in=found).delete()
    Place.objects.filter(run_id__in=found).delete()
    schema = current_schema()
    Due.objects.filter(tenant=schema, kind="run", ref__in=found).delete()
    StuckRun.objects.filter(tenant=schema, run_id__in=found).delete()
    return found


def _with_children(found: list[int]) -> list[int]:
    """The runs with those that they started, however deep."""
    newest = found
    while newest:
        children = Run.objects.filter(parent__in=newest).exclude(pk__in=found)
        newest = list(children.values_list("pk", flat=True))
        found = [*found, *newest]
    return found


def forget_audited(objects: dict[str, Collection[int]]) -> int:
    """Drop the values of all audited changes of the records; answers of how many entries."""
    return sum(_forget(object, ids) for object, ids in objects.items())


def forget_naming(object: str, ids: Collection[int], words: Collection[str]) -> int:
    """Drop the values of the records' audited changes that have one of the words in them."""
    escaped = ["%" + re.sub(r"([%_\\])", r"\\\1", word) + "%" for word in words if word]
    return _forget(object, ids, escaped) if escaped else 0


def _forget(object: str, ids: Collection[int], patterns: list[str] | None = None) -> int:
    sql = FORGET.format(table=connection.ops.quote_name(AuditEntry._meta.db_table))
    with connection.cursor() as cursor:
        parameters: list[Any] = [object, list(ids)]
        if patterns is None:
            cursor.execute(sql, parameters)
        else:
            cursor.execute(sql + NAMING, [*parameters, patterns])
        return int(cursor.rowcount)


def forget_told(
    contact_id: int, task_ids: Collection[int], thread_ids: Collection[int], runs: Collection[int]
) -> int:
    """Delete the notifications that lead to what is gone; returns how many."""
    links = [f"/tasks/{pk}/" for pk in task_ids] + [f"/mail/{pk}/" for pk in thread_ids]
    links += [f"/settings/runs/{pk}/" for pk in runs]
    told = Notification.objects.filter(Q(link__startswith=f"/contacts/{contact_id}/") | Q(link__in=links))
    return told.delete()[0]


def forget_exports(contact_id: int) -> None:
    """Drop documents that the product would answer again; other stored answers go after a day by themselves."""
    kept = IdempotencyRecord.objects.filter(function="privacy.export_contact")
    kept.filter(result__contact__id=contact_id).delete()


def forget_proofs(addresses: Collection[str]) -> None:
    """An address that wants no mail stays on that list, or the next import would write to it; its proof goes."""
    Suppression.objects.filter(email__in=addresses).update(proof="")


def rename_deals(deal_ids: Collection[int], name: str) -> None:
    """Take the person's name out of the titles of their deals."""
    if not name:
        return
    named = Deal.objects.filter(pk__in=deal_ids, title__icontains=name)
    for pk, title in named.values_list("pk", "title"):
        without = re.sub(re.escape(name), NOBODY, title, flags=re.IGNORECASE)
        Deal.objects.filter(pk=pk).update(title=without, version=F("version") + 1)
