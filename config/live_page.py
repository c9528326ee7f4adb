"""``/operator/live/``: the live queries of all web processes, what they read, how often they ran and what that cost."""

from typing import Any

import redis
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from realtime.live.inspection import reports

#: Seconds after which the page asks again.
REFRESH = 5


def live_queries(request: HttpRequest, site: Any) -> HttpResponse:
    """All tenants, or the one that ``?tenant=`` names by its schema; with ``?pause`` it is not renewed."""
    schema = request.GET.get("tenant", "")
    try:
        found, trouble = reports(), ""
    except (redis.RedisError, OSError):
        found, trouble = [], _("Redis can't be reached, so no process can report.")
    context = {
        **site.each_context(request),
        "title": _("Live queries"),
        "refresh": 0 if "pause" in request.GET else REFRESH,
        "trouble": trouble,
        "tenant": schema,
        "processes": [_process(report) for report in found],
        "tenants": _tenants(found),
        "queries": _queries(found, schema),
        "feeds": _feeds(found, schema),
    }
    return render(request, "operator/live.html", context)


def _process(report: dict[str, Any]) -> dict[str, Any]:
    keys = ("sockets", "subscriptions", "feeds", "viewers", "answers")
    totals = {key: sum(room[key] for room in report["rooms"]) for key in keys}
    return {"name": f"{report['host']} {report['pid']}", "rooms": len(report["rooms"]), **totals}


def _tenants(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each tenant's sums over the processes, the costliest first."""
    sums: dict[str, dict[str, Any]] = {}
    for room in (room for report in found for room in report["rooms"]):
        tenant = sums.setdefault(room["schema"], {"schema": room["schema"]})
        for key, value in room.items():
            if key != "schema":
                tenant[key] = tenant.get(key, 0) + value
    return sorted(sums.values(), key=lambda tenant: -tenant["seconds"])


def _feeds(found: list[dict[str, Any]], schema: str) -> list[dict[str, Any]]:
    """The followed feeds of changes, of those who follow the same tables of a tenant in one process."""
    rows = [
        {**feed, "process": f"{report['host']} {report['pid']}"}
        for report in found
        for feed in report["feeds"]
        if schema in ("", feed["schema"])
    ]
    return sorted(rows, key=lambda row: (row["schema"], -row["followers"]))[:200]


def _queries(found: list[dict[str, Any]], schema: str) -> list[dict[str, Any]]:
    """The costliest queries; each with the process that runs it and the time that one run takes."""
    rows = [
        {
            **query,
            "process": f"{report['host']} {report['pid']}",
            "ms": 1000 * query["seconds"] / max(1, query["runs"]),
            "args": ", ".join(f"{name}={value}" for name, value in query["args"].items()),
        }
        for report in found
        for query in report["queries"]
        if schema in ("", query["schema"])
    ]
    return sorted(rows, key=lambda row: -row["seconds"])[:200]
