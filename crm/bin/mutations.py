"""Emptying the bin. Records are put in and taken out by their own areas."""

from typing_extensions import TypedDict

from accounts.permissions import Permission
from crm.bin.kinds import MODELS, TITLES, BinObject
from realtime.functions import Conflict, Context, Id, NotFound, mutation, shape


@shape
class Purged(TypedDict):
    """What is gone for good."""

    id: int


@mutation(permission=Permission.BIN_PURGE)
def purge_record(ctx: Context, *, object: BinObject, record_id: Id) -> Purged:
    """Delete a record that is in the bin for good, with what stands on it alone. This can't be undone.

    Conflict for a record that is not in the bin.
    """
    record = MODELS[object]._default_manager.select_for_update(of=("self",)).filter(pk=record_id).first()
    if record is None:
        raise NotFound("There is no record with this id.")
    if record.archived_at is None:
        raise Conflict("This record is not in the bin: put it there first.")
    ctx.audit(object, record.pk, {"deleted": [str(getattr(record, TITLES[object])), None]})
    record.delete()
    return {"id": record_id}
