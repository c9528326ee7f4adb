"""Logging: one line an event on standard error, with the tenant and the request's id where there are any.

``LOG_FORMAT=json`` writes JSON for machines; ``LOG_LEVEL`` is INFO unless set.
"""

import logging.config
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from config import env

#: Libraries that report each piece of routine work as INFO, uvicorn.error every socket.
QUIET = (
    "celery.app.trace",
    "celery.worker.strategy",
    "celery.beat",
    "httpx",
    "uvicorn.access",
    "uvicorn.error",
)
#: What anybody can cause by asking for nothing: counted by /metrics, not written down.
ASKED_FOR = {
    "django.request": "ERROR",
    "django.security": "CRITICAL",
    "django.security.csrf": "WARNING",
}


def configure(_settings: dict[str, Any] | None = None) -> None:
    """Send everything from the chosen level up to standard error, structlog's and the standard library's."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        add_tenant,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(standard_library(shared))


def standard_library(shared: list[Processor]) -> dict[str, Any]:
    """The standard library's side: its records go through the same processors and the same renderer."""
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer()],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO").upper()},
        # Django's own handlers would write some lines twice, and others only while DEBUG is on.
        "loggers": {"django": {"handlers": [], "level": "INFO"}}
        | {name: {"level": "WARNING"} for name in QUIET}
        | {name: {"level": level} for name, level in ASKED_FOR.items()},
    }


def renderer() -> Processor:
    """JSON for machines, ``key=value`` for people (in colour on a terminal)."""
    if env.text("LOG_FORMAT") == "json":
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)


def add_tenant(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """The tenant that the code answers for when it logs."""
    from accounts.tenancy import PUBLIC, current_schema

    if (schema := current_schema()) != PUBLIC:
        event.setdefault("tenant", schema)
    return event
