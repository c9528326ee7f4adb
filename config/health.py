"""Two addresses for whoever watches a process: ``/healthz`` (it answers) and ``/readyz`` (it can serve)."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

#: The relay's leader writes a heartbeat about once a second; a standby takes over within this time.
RELAY_AGE = timedelta(seconds=10)
#: For PostgreSQL and Redis to answer.
CONNECT_SECONDS = 2


class NotReady(Exception):
    """A check failed; the message says how."""


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers; touches nothing else."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when every check passes, else 503; ``{"checks": {name: "ok" or what is wrong}}``."""
    checks: dict[str, str] = {}
    for name, check in CHECKS.items():
        is_known = checks.get("database", "ok") == "ok" or name not in ASK_DATABASE
        checks[name] = outcome(check) if is_known else "no database to ask"
    ready = all(text == "ok" for text in checks.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


def outcome(check: Callable[[], None]) -> str:
    """``ok``, or what went wrong, without addresses or passwords."""
    try:
        check()
    except NotReady as error:
        return str(error)
    except Exception as error:  # noqa: BLE001  (any failure means "not ready", and the probe has to answer)
        return type(error).__name__
    return "ok"


def check_database() -> None:
    """On a connection of its own: without a database the pool would wait half a minute, and whoever watches with it."""
    wrapper: Any = connection
    given = {**wrapper.get_connection_params(), "connect_timeout": CONNECT_SECONDS}
    with wrapper.Database.connect(**given) as found:
        found.execute("SELECT 1")


def check_redis() -> None:
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=CONNECT_SECONDS, socket_connect_timeout=CONNECT_SECONDS
    ) as client:
        client.ping()


def check_migrations() -> None:
    if not migrations_applied():
        raise NotReady("migrations are missing")


def check_relay() -> None:
    from realtime.changes.models import Relay

    if not Relay.objects.filter(heartbeat_at__gt=Now() - RELAY_AGE).exists():
        raise NotReady("no relay leads")


def migrations_applied() -> bool:
    """Whether public and the template have this build's migrations; a yes holds as long as the process."""
    found = _applied_once()
    if not found:
        _applied_once.cache_clear()
    return found


@cache
def _applied_once() -> bool:
    from django.db.migrations.loader import MigrationLoader

    from accounts.migration import applied_migrations, full_plan, is_applied

    plan = full_plan(MigrationLoader(connection))
    schemas = applied_migrations(["public", settings.TENANT_TEMPLATE_SCHEMA])
    return all(is_applied(migration, applied) for applied in schemas.values() for migration in plan)


ASK_DATABASE = ("migrations", "relay")
CHECKS = {
    "database": check_database,
    "redis": check_redis,
    "migrations": check_migrations,
    "relay": check_relay,
}
