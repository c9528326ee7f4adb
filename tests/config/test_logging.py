"""Log lines carry the tenant and the request's id."""

import contextlib
import io
import json
import logging

import pytest
from django.conf import settings
from django.utils.log import configure_logging
from structlog.contextvars import bound_contextvars

from accounts.tenancy import tenant_context
from config.logging import configure


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What is written to standard error, as JSON lines."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("LOG_FORMAT", "json")
    root = logging.getLogger()
    before = root.handlers[:]
    configure()
    yield stream
    root.handlers[:] = before


def test_line_names_tenant_and_request(lines: io.StringIO) -> None:
    with tenant_context("t_acme"), bound_contextvars(request_id="abc12345"):
        logging.getLogger("somewhere").info("moved %s of %s", 1, 2)
    line = json.loads(lines.getvalue())
    assert line["event"] == "moved 1 of 2"
    assert (line["tenant"], line["request_id"], line["level"]) == ("t_acme", "abc12345", "info")


def test_the_settings_configure_every_process(lines: io.StringIO) -> None:
    """A page that fails leaves its trace, once; a page that is not there leaves nothing."""
    logging.getLogger().handlers[:] = []
    with contextlib.redirect_stderr(lines):
        configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    logging.getLogger("django.request").error("Internal Server Error: /x")
    logging.getLogger("django.request").warning("Not Found: /y")
    logging.getLogger("django.security.DisallowedModelAdminLookup").error("Filtering by x not allowed")
    (line,) = lines.getvalue().splitlines()
    assert json.loads(line)["event"] == "Internal Server Error: /x"


def test_line_outside_a_tenant_names_none(lines: io.StringIO) -> None:
    logging.getLogger("somewhere").warning("hello")
    assert "tenant" not in json.loads(lines.getvalue())


def test_error_carries_its_traceback(lines: io.StringIO) -> None:
    try:
        raise ValueError("no luck")
    except ValueError:
        logging.getLogger("somewhere").exception("failed")
    assert "ValueError: no luck" in json.loads(lines.getvalue())["exception"]
