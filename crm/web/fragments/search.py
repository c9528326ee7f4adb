"""Live regions of the search, and of the palette's commands."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.roles.policy import scope_of
from crm.search.queries import search_records
from crm.search.schemas import Asked, SearchGroup, SearchHit
from crm.search.sources import Kind
from crm.web.commands import COMMANDS, PLACES_TO_GO
from crm.web.pages import ask
from realtime.functions import Context
from realtime.live.fragments import fragment

GROUPS = {
    "contact": (_("Contacts"), "users-round"),
    "company": (_("Companies"), "building-2"),
    "deal": (_("Deals"), "handshake"),
    "task": (_("Tasks"), "list-checks"),
    "note": (_("Notes"), "file-text"),
}
FEW, MANY = 8, 50


@fragment("search/results", template="search/_results.html")
def search_results(ctx: Context, *, q: Asked = "", kind: Kind | None = None) -> dict[str, Any]:
    """What is found, a few of each kind, or many of one."""
    kinds = None if kind is None else [kind]
    found = ask(ctx, search_records, q=q, kinds=kinds, limit=FEW if kind is None else MANY)
    return {"asked": q, "groups": groups_of(found["groups"]), "kind": kind}


@fragment("shell/commands", template="search/_commands.html")
def commands(ctx: Context) -> dict[str, Any]:
    """What the palette can do and where it leads, as far as the member's role goes."""
    scope = scope_of(ctx)
    return {
        "commands": [command for command in COMMANDS if scope.allows(command.permission)],
        "places": [place for place in PLACES_TO_GO if scope.allows(place.permission)],
    }


def groups_of(groups: Iterable[SearchGroup]) -> list[dict[str, Any]]:
    """Groups of hits with their names, icons and addresses."""
    return [
        {
            "kind": group["kind"],
            "label": GROUPS[group["kind"]][0],
            "icon": GROUPS[group["kind"]][1],
            "hits": [_shown(group["kind"], hit) for hit in group["hits"]],
            "has_more": group["has_more"],
        }
        for group in groups
    ]


def _shown(kind: str, hit: SearchHit) -> dict[str, Any]:
    page, pk = (hit["subject"], hit["subject_id"]) if kind == "note" else (kind, hit["id"])
    marked = hit["marked"] or str(_("No name"))
    # Both were escaped by the search, which marks nothing else.
    return {
        **hit,
        "href": reverse(page, args=[pk]),
        "title": hit["title"] or str(_("No name")),
        "marked": SafeString(marked),
        "marked_detail": SafeString(hit.get("marked_detail", "")),
    }
