"""The README's curl lines: they cover every route, and they work, in their order, as they stand there."""

import http.client
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from accounts.api_keys import create_api_key
from accounts.billing.models import Plan
from accounts.models import Device, Tenant
from accounts.tenancy import public_context, tenant_context
from api.route import Route
from api.v1 import ROUTES
from tests.api.conftest import Answer
from tests.cast import ACME, Cast
from tests.processes import web_server
from workflows.runs.models import Run

README = Path(__file__).resolve().parent.parent.parent / "README.md"
LINES = re.findall(r"^api ((?:GET|POST|PATCH|PUT|DELETE) .+)$", README.read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def server(committed_db: str) -> Iterator[str]:
    limits = dict.fromkeys(("API_REQUESTS_PER_KEY", "API_REQUESTS_PER_TENANT"), "1000000")
    with web_server(committed_db, **limits) as address:
        yield urlsplit(address).netloc


@pytest.fixture
def key(server: str, cast: Cast) -> str:
    """A key of the owner, who is also logged in on one device; one run has failed."""
    with tenant_context(ACME):
        failed = {"workflow": "task_reminder", "version": 1, "code_hash": "", "args": {}}
        Run.objects.create(**failed, status="failed", finished_at=timezone.now())
    with public_context():
        tenant = Tenant.objects.get(schema_name=ACME)
        Plan.objects.update(checkout_url="https://pay.example.com/{plan}?for={tenant}")
        Device.objects.create(user_id=cast.olivia.user_id, session_hash="s", last_seen_at=timezone.now())
        return create_api_key(
            tenant_id=tenant.pk, member_id=cast.olivia.member_id, name="curl", scopes=("read", "write")
        )[1]


def test_every_route_has_its_line() -> None:
    asked = [line.replace("'", "").split()[:2] for line in LINES]
    for route in ROUTES:
        pattern = re.compile(re.sub(r"{\w+}", "[^/?]+", route.path) + r"(\?.*)?")
        assert any(method == route.method and pattern.fullmatch(path) for method, path in asked), route


class Curl:
    """One of the README's lines on its way to the server, and what every answer of the API must be like."""

    def __init__(self, netloc: str, key: str) -> None:
        self._connection = http.client.HTTPConnection(netloc, timeout=20)
        self._key = key

    def ask(self, line: str, body: bytes | None = None, **more: str) -> Answer:
        """Send the line, with another body or with headers that it does not have."""
        method, path, *options = shlex.split(line)
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        for name, value in zip(options[::2], options[1::2], strict=True):
            if name == "-d":
                body = value.encode() if body is None else body
            elif name == "--data-binary":
                sent = (README.parent / value.removeprefix("@")).read_bytes()
                body = sent if body is None else body
            else:
                header, _, text = value.partition(": ")
                headers[header] = text
        headers = {name.replace("_", "-"): value for name, value in more.items()} | headers
        self._connection.request(method, "/api/v1" + path, body, headers)
        response = self._connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        self._looks_right(answer)
        return answer

    def _looks_right(self, answer: Answer) -> None:
        assert answer.headers["X-Request-Id"]
        if "RateLimit" in answer.headers:  # not while Valkey is too slow to count
            assert re.fullmatch(r'"key";r=\d+;t=\d+, "tenant";r=\d+;t=\d+', answer.headers["RateLimit"])
            assert answer.headers["RateLimit-Policy"].startswith('"key";q=')
        if answer.status >= 400:
            answer.refused(answer.status, answer.json["code"])
        elif answer.status != 304 and answer.headers["Content-Type"] == "application/json":
            assert answer.json.keys() == {"data", "meta"}
            assert answer.meta["request_id"] == answer.headers["X-Request-Id"]
            if isinstance(answer.data, list):
                assert answer.meta["has_more"] == (answer.meta["next_cursor"] is not None)


def route_of(line: str) -> Route:
    """The route that a line asks."""
    method, path = shlex.split(line)[:2]
    return next(
        route
        for route in sorted(ROUTES, key=lambda route: route.path.count("{"))
        if route.method == method
        and re.fullmatch(re.sub(r"{\w+}", "[^/]+", route.path), path.partition("?")[0])
    )


def test_every_line_works_and_a_repeat_does_nothing_again(server: str, key: str) -> None:
    """Each write is sent twice with one Idempotency-Key, and once more with that key and another body."""
    curl = Curl(server, key)
    for number, line in enumerate(LINES):
        route = route_of(line)
        if not route.writes or route.method == "DELETE" or "Idempotency-Key" in line or "dry_run" in line:
            answer = curl.ask(line)
            assert answer.status in {200, 201}, (line, answer.body)
            if route.method == "GET" and not route.sends_file and "changes" not in line:
                assert curl.ask(line, If_None_Match=answer.headers["ETag"]).status == 304, line
            continue
        once = {"Idempotency_Key": f"line-{number}"}
        first, again = curl.ask(line, **once), curl.ask(line, **once)
        assert first.status in {200, 201}, (line, first.body)
        if route.function.keeps_result:
            assert (again.status, again.data) == (first.status, first.data), line
            assert again.headers["Idempotency-Replayed"] == "true", line
        else:  # a secret is shown once
            again.refused(409, "conflict")
        if route.function.args_model.model_fields.keys() - route.names:
            other = curl.ask(line, body=other_body(route, line), **once)
            assert other.status in {409, 422}, (line, other.body)
    assert number > 200


def other_body(route: Route, line: str) -> bytes:
    """A body that says something else than the line's, and is as right as can be told from outside."""
    options = shlex.split(line)[2:]
    written = options[options.index("-d") + 1] if "-d" in options else "{}"
    if route.takes_file:
        return written.encode() + b"more"
    changed, count = re.subn(r'": "([^"]*)"', r'": "\1x"', written, count=1)
    return (changed if count else '{"no_such_thing": 1}').encode()
