"""The row-change feed: what has changed in the tables since a position, as far as the reader may see it.

A page is taken at one snapshot. The log says *which* rows were touched; what they are now comes from the tables
themselves. So a page never shows more than its reader may see at that moment, nothing is lost by what the log
leaves out, and folding all pages gives the reader's visible rows. Where the log can't name the rows (a marker for
very many, TRUNCATE) or the reader's own sight has changed, the table is reset and read anew, page by page.
"""

from typing import cast

from accounts.permissions import Permission
from crm.feed.cursor import FeedCursor, decode_cursor
from crm.feed.reading import Reading
from crm.feed.schemas import ChangePage, FeedLimit, Position, Table, Tables
from crm.feed.sources import SOURCES
from realtime.changes.log import LogTrimmed
from realtime.changes.window import Log, open_log, read_window
from realtime.functions import Context, Gone, query
from realtime.reads.tracker import declare_reads


@query(permission=Permission.PROFILE_VIEW)
def list_changes(
    ctx: Context, *, tables: Tables | None = None, after: Position | None = None, limit: FeedLimit = 200
) -> ChangePage:
    """List what has changed in the rows that you may see since ``after``, a cursor of an earlier page.

    Without ``after`` it begins with all visible rows. A row that changed several times comes once, as it is now:
    ``row`` has its columns, ``old`` the short values from before the first of these changes. A row that has left
    your sight comes as a delete, one that has entered it as an insert. ``reset`` means: drop the table's rows,
    they follow. A cursor works for 7 days; after that the answer is 410 ``start_again``: begin without one.
    """
    chosen = [SOURCES[name] for name in dict.fromkeys(tables or cast("list[Table]", list(SOURCES)))]
    with declare_reads(tables=[source.model for source in chosen]):
        log = open_log()
        cursor = _position(log, after)
        reading = Reading(ctx, chosen, cursor, limit)
        reading.compare_rules()
        is_last = _take_window(log, cursor, reading, limit)
    if is_last:
        reading.load()
    return {
        "changes": reading.changes,
        "cursor": cursor.encode(),
        "has_more": bool(not is_last or cursor.loading),
    }


def _position(log: Log, after: str | None) -> FeedCursor:
    if after is None:
        return FeedCursor(log.epoch, log.now)
    cursor = decode_cursor(after)
    if cursor.epoch != log.epoch:
        raise Gone("The database was restored or moved since: begin without a cursor.")
    return cursor


def _take_window(log: Log, cursor: FeedCursor, reading: Reading, limit: int) -> bool:
    """Tell what the next window of the log touched; whether it was the last one."""
    try:
        window = read_window(log, cursor.position, reading.ctx.schema, reading.by_table, limit)
    except LogTrimmed:
        raise Gone("This cursor is older than what the log keeps: begin without one.") from None
    reading.tell(window.changes)
    cursor.position = window.position
    return window.is_last
