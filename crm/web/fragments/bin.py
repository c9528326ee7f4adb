"""The live region of the recycle bin."""

from typing import Any

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.bin.kinds import BinObject
from crm.bin.queries import list_bin
from crm.web.pages import ask, trail_pages
from realtime.functions import Context, Cursor
from realtime.live.fragments import fragment


@fragment("settings/bin", template="settings/_bin.html")
def bin_rows(
    ctx: Context, *, kind: BinObject, cursor: Cursor | None = None, trail: str = ""
) -> dict[str, Any]:
    """A page of the bin."""
    found = ask(ctx, list_bin, object=kind, cursor=cursor)
    return {
        "rows": found["data"],
        "kind": kind,
        "pages": trail_pages({"kind": kind, "cursor": cursor}, found["next_cursor"], trail),
        "may_purge": scope_of(ctx).allows(Permission.BIN_PURGE),
    }
