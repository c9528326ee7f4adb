"""Searching over everything."""

from accounts.permissions import Permission
from crm.search.finding import find
from crm.search.hits import hit_of
from crm.search.schemas import Asked, GroupLimit, SearchAnswer, SearchGroup, SearchHit
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
    scores: dict[Kind, int] = {}
    hits: dict[Kind, list[SearchHit]] = {}
    for row in rows:
        scores.setdefault(row.kind, row.score)
        hits.setdefault(row.kind, []).append(hit_of(ctx, row, q))
    order = sorted(hits, key=lambda kind: (scores[kind], KINDS.index(kind)))
    return {"query": q, "groups": [_group(kind, hits[kind], limit) for kind in order]}


def _group(kind: Kind, hits: list[SearchHit], limit: int) -> SearchGroup:
    return {"kind": kind, "hits": hits[:limit], "has_more": len(hits) > limit}
