"""Results that are made from a record in hand."""

from crm.records.models import Record
from crm.records.schemas import RecordRef


def ref(record: Record) -> RecordRef:
    """The record's id, version, owner and place."""
    return {
        "id": record.pk,
        "version": record.version,
        "owner_id": record.owner_id,
        "archived_at": record.archived_at,
    }
