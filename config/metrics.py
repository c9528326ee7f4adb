"""``/metrics`` for Prometheus: what all processes of this machine have counted, and the state of due work.

For allowed addresses (``METRICS_ALLOWED``) and for whoever sends ``METRICS_TOKEN``; nobody else learns that it exists.
"""

import ipaddress
import re
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from accounts.tenancy import public_context
from config.processes import is_alive
from realtime import metrics as counted

GetResponse = Callable[[HttpRequest], HttpResponse]

#: Files of gauges of live processes: "gauge_livesum_4711.db".
GAUGE = re.compile(r"gauge_live\w+_(\d+)\.db")
DUE = """
    SELECT count(*) FILTER (WHERE state <> 2 AND due_at < now()),
           coalesce(extract(epoch FROM now() - min(due_at) FILTER (WHERE state <> 2 AND due_at < now())), 0),
           count(*) FILTER (WHERE state = 2)
      FROM workflows_due WHERE due_at < now() OR state = 2
"""
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
    MultiProcessCollector(registry, path=str(settings.METRICS_DIR))  # type: ignore[no-untyped-call]
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
    """What only the database knows, asked when somebody looks."""

    def collect(self) -> Iterator[Metric]:
        """Due work that waits, and the relay's age; nothing while the database can't be asked."""
        try:
            with public_context(), connection.cursor() as cursor:
                cursor.execute(DUE)
                backlog, lag, failed = cursor.fetchone()
                cursor.execute(RELAY)
                age, number = cursor.fetchone()
        except Exception:
            yield gauge("crm_database_up", "Whether the database answers", 0)
            return
        yield gauge("crm_database_up", "Whether the database answers", 1)
        yield gauge("crm_due_backlog", "Pieces of due work that wait", backlog)
        yield gauge("crm_due_oldest_seconds", "How late the oldest of them is", lag)
        yield gauge("crm_due_failed", "Pieces of due work that were given up", failed)
        if age is not None:
            yield gauge("crm_relay_age_seconds", "Since a relay last showed that it lives", age)
            yield gauge("crm_relay_tick", "The number of the last tick", number)


def gauge(name: str, help: str, value: float) -> Metric:
    """One number."""
    return GaugeMetricFamily(name, help, value=float(value))


def count_requests(get_response: GetResponse) -> GetResponse:
    """Count every request with its kind, its status and how long it took."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began_at = time.perf_counter()
        response = get_response(request)
        kind = kind_of(request.path_info)
        method = request.method if request.method in METHODS else "other"
        counted.requests.labels(kind, method, response.status_code).inc()
        counted.request_seconds.labels(kind).observe(time.perf_counter() - began_at)
        return response

    return middleware


KINDS = {"api": "api", "static": "static", "admin": "admin", "operator": "operator"}
METHODS = {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"}
WATCHING = ("healthz", "readyz", "metrics")


def kind_of(path: str) -> str:
    """The part of the product that a path belongs to; few different ones, whatever is asked for."""
    first = path.lstrip("/").partition("/")[0]
    return "watch" if first in WATCHING else KINDS.get(first, "page")
