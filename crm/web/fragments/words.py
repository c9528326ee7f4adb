"""Live regions of the settings about the words that contacts are described with."""

from typing import Any

from crm.contacts.queries import list_contact_stages
from crm.contacts.words import list_lead_sources
from crm.segments.queries import list_tags
from crm.web.pages import ask
from realtime.functions import Context
from realtime.live.fragments import fragment


@fragment("settings/contact_stages", template="settings/_contact_stages.html")
def contact_stages(ctx: Context) -> dict[str, Any]:
    """The stages of the relationship, each with what moving it would make of the order."""
    return {"rows": _with_moves(ask(ctx, list_contact_stages))}


@fragment("settings/lead_sources", template="settings/_lead_sources.html")
def lead_sources(ctx: Context) -> dict[str, Any]:
    """Where contacts come from, likewise."""
    return {"rows": _with_moves(ask(ctx, list_lead_sources))}


@fragment("settings/tags", template="settings/_tags.html")
def tags(ctx: Context) -> dict[str, Any]:
    """The tags."""
    return {"rows": ask(ctx, list_tags)}


def _with_moves(rows: list[Any]) -> list[Any]:
    ids = [row["id"] for row in rows]
    return [
        {
            **row,
            "up": _swapped(ids, place, place - 1) if place else "",
            "down": _swapped(ids, place, place + 1) if place + 1 < len(ids) else "",
        }
        for place, row in enumerate(rows)
    ]


def _swapped(ids: list[int], one: int, other: int) -> str:
    order = [*ids]
    order[one], order[other] = order[other], order[one]
    return ",".join(map(str, order))
