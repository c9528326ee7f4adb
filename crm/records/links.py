"""Links from one record to another: only to what the actor may see."""

from accounts.permissions import Permission
from accounts.roles.policy import visible_to
from crm.records.models import Record
from realtime.functions import Context, invalid


def check_link(ctx: Context, permission: Permission, model: type[Record], param: str, pk: int | None) -> None:
    """InvalidInput unless the id is None or one of a record in sight; out of sight is as good as absent."""
    if pk is None:
        return
    found = visible_to(ctx, permission, model._default_manager.filter(pk=pk, archived_at=None))
    if not found.exists():
        raise invalid(param, f"There is no {permission.partition('.')[0]} with this id.", "unknown_record")
