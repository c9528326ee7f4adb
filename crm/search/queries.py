"""Searching over everything."""

from accounts.permissions import Permission
from crm.search.finding import Found, find
from crm.search.hits import hit_of
from crm.search.schemas import Asked, GroupLimit, SearchAnswer, SearchGroup
from crm.search.sources import KINDS, Kind
from realtime.functions import Context, query


@query(permission=Permission.PROFILE_VIEW)
def search_records(
    ctx: Context, *, q: Asked = "", kinds: list[Kind] | None = None, limit: GroupLimit = 5
) -> SearchAnswer:
    """Search the contacts, companies, deals, tasks and notes that you may see, while you type.

    Words match from their beginning, in any order, without regard to accents and capitals; initials and parts of
    email addresses and numbers match, too, and where nothing does, words that are spelt almost alike. The groups
    come with the best match first; ``kinds`` names those that are wanted. Nothing asked finds nothing.
    """
    wanted = tuple(kind for kind in KINDS if kinds is None or kind in kinds)
    rows = find(ctx, q, wanted, limit + 1)
    groups: dict[Kind, list[Found]] = {}
    for row in rows:
        groups.setdefault(row.kind, []).append(row)
    order = sorted(groups, key=lambda kind: (groups[kind][0].score, KINDS.index(kind)))
    return {"query": q, "groups": [_group(ctx, groups[kind], q, limit) for kind in order]}


def _group(ctx: Context, rows: list[Found], asked: str, limit: int) -> SearchGroup:
    hits = [hit_of(ctx, row, asked) for row in rows[:limit]]
    return {"kind": rows[0].kind, "hits": hits, "has_more": len(rows) > limit}
