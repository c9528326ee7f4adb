"""``/metrics`` for Prometheus: what all processes of this machine have counted, and the state of due work.

For allowed addresses (``METRICS_ALLOWED``) and for whoever sends ``METRICS_TOKEN``; nobody else learns that it exists.
"""

import ipaddress
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from accounts.tenancy import public_context
from config.processes import is_alive
from realtime import metrics as counted

GetResponse = Callable[[HttpRequest], HttpResponse]

#: Files of gauges of live processes: "gauge_livesum_4711.db".
GAUGE = re.compile(r"gauge_live\w+_(\d+)\.db")
# What is late, by kind: one range of the index on (lane, due_at) for each lane, however many timers sleep behind it.
# A backlog is counted up to 10,000 a lane: more is not worth the time of whoever asks.
LATE = """
    SELECT kind, count(*), extract(epoch FROM clock_timestamp() - min(due_at)) FROM ({lanes}) late GROUP BY kind
"""
LANE = """
    (SELECT kind, due_at FROM workflows_due WHERE state = 0 AND lane = {lane} AND due_at < clock_timestamp()
     ORDER BY due_at LIMIT 10000)
"""
LATE = LATE.format(lanes=" UNION ALL ".join(LANE.format(lane=lane) for lane in (0, 1, 2)))
LEASED = """
    SELECT count(*) FILTER (WHERE state = 1), count(*) FILTER (WHERE state = 1 AND lease_until < clock_timestamp()),
           count(*) FILTER (WHERE state = 2), coalesce(extract(epoch FROM clock_timestamp() - min(due_at)
               FILTER (WHERE state = 1)), 0)
      FROM (SELECT state, lease_until, due_at FROM workflows_due WHERE state = 1
            UNION ALL SELECT state, lease_until, due_at FROM workflows_due WHERE state = 2) taken
"""
# The next timer of a run, by lane: negative seconds are a wait that is still to come.
TIMER = """
    SELECT extract(epoch FROM clock_timestamp() - min(due_at)) FROM (
        SELECT (SELECT due_at FROM workflows_due WHERE state = 0 AND lane = lanes.lane AND kind = 'run'
                ORDER BY due_at LIMIT 1) AS due_at FROM (VALUES (0), (1), (2)) lanes (lane)) oldest
"""
STUCK = """
    SELECT status, count(*), extract(epoch FROM clock_timestamp() - min(at)) FROM workflows_stuckrun GROUP BY status
"""
BEATS = "SELECT name, extract(epoch FROM clock_timestamp() - at) FROM workflows_heartbeat"
#: Kinds of due work whose lateness has a meaning of its own are told even when nothing of them is late.
ALWAYS = ("run", "automations.look", "automations.scan", "accounts.email")
RELAY = """
    SELECT extract(epoch FROM clock_timestamp() - max(heartbeat_at)), max(number) FROM public.changes_relay
"""


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """All numbers in Prometheus' text format; 404 for everybody who may not read them."""
    if not may_read(request):
        return HttpResponseNotFound("Not found", content_type="text/plain")
    forget_dead_processes(settings.METRICS_DIR)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(settings.METRICS_DIR))  # type: ignore[no-untyped-call]  # its constructor has no types
    registry.register(StateCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def may_read(request: HttpRequest) -> bool:
    """Whether the request has the token, or comes from an allowed address itself and not through a proxy."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and secrets.compare_digest(token.encode(), settings.METRICS_TOKEN.encode()):
        return True
    is_forwarded = "X-Forwarded-For" in request.headers and not settings.SECURE_PROXY_SSL_HEADER
    return not is_forwarded and is_allowed(request.META.get("REMOTE_ADDR", ""))


def is_allowed(address: str) -> bool:
    """Whether one of the allowed networks holds the address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    networks = (ipaddress.ip_network(text, strict=False) for text in settings.METRICS_ALLOWED)
    return any((mapped or found) in network for network in networks)


def forget_dead_processes(folder: Path) -> None:
    """Drop the gauges of processes that have ended; what they counted stays counted."""
    for file in folder.glob("gauge_live*.db"):
        match = GAUGE.fullmatch(file.name)
        if match and not is_alive(int(match[1])):
            file.unlink(missing_ok=True)


class StateCollector:
    """What only the database knows, asked when somebody looks: public tables, no tenant's."""

    def collect(self) -> Iterator[Metric]:
        """Due work, workflows and the relay's age; nothing while the database can't be asked."""
        try:
            with public_context(), connection.cursor() as cursor:
                found = [*_due(cursor), *_workflows(cursor), *_relay(cursor)]
        except Exception:  # noqa: BLE001  (told as a metric: a scrape that failed would hide all the others)
            yield gauge("crm_database_up", "Whether the database answers", 0)
            return
        yield gauge("crm_database_up", "Whether the database answers", 1)
        yield from found


def _due(cursor: CursorWrapper) -> Iterator[Metric]:
    """What is late, in all and by kind; what is at work, and what was given up."""
    late = dict.fromkeys(ALWAYS, (0, 0.0)) | {row[0]: row[1:] for row in _ask(cursor, LATE)}
    leased, expired, failed, longest = _ask(cursor, LEASED)[0]
    oldest = max([float(longest), *(float(age) for _count, age in late.values())])
    yield gauge(
        "crm_due_backlog", "Pieces of due work that wait", leased + sum(n for n, _age in late.values())
    )
    yield gauge("crm_due_oldest_seconds", "How late the oldest of them is", oldest)
    yield gauge("crm_due_failed", "Pieces of due work that were given up", failed)
    yield gauge("crm_due_leased", "Pieces of due work that workers hold", leased)
    yield gauge("crm_due_expired_leases", "Those of them whose worker did not come back", expired)
    counts = {kind: count for kind, (count, _age) in late.items()}
    yield gauges("crm_due_late", "Pieces of due work whose time has come, by kind", "kind", counts)
    ages = {kind: age for kind, (_count, age) in late.items()}
    yield gauges("crm_due_late_seconds", "How late the oldest of each kind is", "kind", ages)


def _workflows(cursor: CursorWrapper) -> Iterator[Metric]:
    """Runs of all tenants: the oldest timer, and those that need somebody."""
    timer = _ask(cursor, TIMER)[0][0]
    if timer is not None:
        yield gauge("crm_workflow_oldest_timer_seconds", "Since the oldest timer of a run was due", timer)
    stuck = {"failed": (0, 0.0), "blocked": (0, 0.0)} | {row[0]: row[1:] for row in _ask(cursor, STUCK)}
    counts = {status: count for status, (count, _age) in stuck.items()}
    yield gauges("crm_workflow_stuck", "Runs that need somebody, by status", "status", counts)
    ages = {status: age for status, (_count, age) in stuck.items()}
    yield gauges("crm_workflow_stuck_seconds", "For how long the oldest of them has", "status", ages)
    beats = dict(_ask(cursor, BEATS))
    yield gauges("crm_driver_age_seconds", "Since a driver of due work last looked", "driver", beats)


def _relay(cursor: CursorWrapper) -> Iterator[Metric]:
    age, number = _ask(cursor, RELAY)[0]
    if age is not None:
        yield gauge("crm_relay_age_seconds", "Since a relay last showed that it lives", age)
        yield gauge("crm_relay_tick", "The number of the last tick", number)


def _ask(cursor: CursorWrapper, sql: str) -> list[Any]:
    cursor.execute(sql)
    return list(cursor.fetchall())


def gauges(name: str, help: str, label: str, values: Mapping[str, float]) -> Metric:
    """One number for each value of a label."""
    found = GaugeMetricFamily(name, help, labels=[label])
    for word, value in values.items():
        found.add_metric([word], float(value))
    return found


def gauge(name: str, help: str, value: float) -> Metric:
    """One number."""
    return GaugeMetricFamily(name, help, value=float(value))


def count_requests(get_response: GetResponse) -> GetResponse:
    """Count every request with its kind, its status and how long it took."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began_at = time.perf_counter()
        response = get_response(request)
        method = request.method if request.method in METHODS else "other"
        answered, seconds = _counters(kind_of(request.path_info), method, response.status_code)
        answered.inc()
        seconds.observe(time.perf_counter() - began_at)
        return response

    return middleware


@lru_cache(maxsize=1024)
def _counters(kind: str, method: str, status: int) -> tuple[Counter, Histogram]:
    """The number and the time of such requests."""
    return counted.requests.labels(kind, method, status), counted.request_seconds.labels(kind)


KINDS = {"api": "api", "static": "static", "admin": "admin", "operator": "operator"}
METHODS = {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"}
WATCHING = ("healthz", "readyz", "metrics")


def kind_of(path: str) -> str:
    """The part of the product that a path belongs to; few different ones, whatever is asked for."""
    first = path.lstrip("/").partition("/")[0]
    return "watch" if first in WATCHING else KINDS.get(first, "page")
