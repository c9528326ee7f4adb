"""What sequences hear from areas above them, which look through the change log and register here when loaded.

Automations read the log anyway. While anybody is enrolled they read it for sequences, too (``hear_changes``).
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q

from crm.sequences.ending import live_enrollments, stop_all
from crm.sequences.models import Enrollment
from realtime.changes.change import Change
from realtime.functions import Context

CONTACTS, DEALS = "contacts_contact", "deals_deal"
_beginners: list[Callable[[], None]] = []


def on_begin(beginner: Callable[[], None]) -> None:
    """Call ``beginner()`` in the transaction that enrols somebody: the tenant's changes have to be read from now on."""
    if beginner not in _beginners:
        _beginners.append(beginner)


def begin_to_hear() -> None:
    """Somebody is enrolled."""
    for beginner in _beginners:
        beginner()


def wants_to_hear() -> bool:
    """Whether anybody is enrolled in the tenant."""
    return live_enrollments().exists()


def hear_changes(ctx: Context, changes: Iterable[Change]) -> None:
    """Stop the enrollments of contacts that went to the bin, or that came to a stage that ends their sequence.

    A stage that was left again at once counts, as the log has it.
    """
    for change in changes:
        if not isinstance(change.pk, int) or change.op not in ("I", "U"):
            continue
        new: dict[str, Any] = change.new or {}
        if change.table == CONTACTS and change.op == "U":
            _of_contact(ctx, change.pk, change, new)
        elif change.table == DEALS and (change.op == "I" or "stage_id" in change.columns):
            _of_deal(ctx, change.pk, new.get("stage_id"))


def _of_contact(ctx: Context, contact_id: int, change: Change, new: dict[str, Any]) -> None:
    of_contact = Enrollment.objects.filter(contact=contact_id)
    if "archived_at" in change.columns and new.get("archived_at") is not None:
        stop_all(ctx, of_contact, Enrollment.StopReason.BINNED)
    if "stage_id" in change.columns:
        wanted = of_contact.filter(sequence__stop_on_contact_stages__contains=[new.get("stage_id")])
        stop_all(ctx, wanted, Enrollment.StopReason.STAGE)


def _of_deal(ctx: Context, deal_id: int, stage_id: int | None) -> None:
    wanted = Q(contact__deals=deal_id, sequence__stop_on_deal_stages__contains=[stage_id])
    stop_all(ctx, Enrollment.objects.filter(wanted), Enrollment.StopReason.STAGE)
