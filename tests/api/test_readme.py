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
from api.v1 import ROUTES
from tests.cast import ACME, Cast
from tests.processes import web_server
from workflows.runs.models import Run

README = Path(__file__).resolve().parent.parent.parent / "README.md"
LINES = re.findall(r"^api ((?:GET|POST|PATCH|PUT|DELETE) .+)$", README.read_text(), re.M)


@pytest.fixture(scope="module")
def server(committed_db: str) -> Iterator[str]:
    with web_server(committed_db) as address:
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


def test_every_line_works(server: str, key: str) -> None:
    connection = http.client.HTTPConnection(server, timeout=20)
    for line in LINES:
        method, path, *options = shlex.split(line)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        body = None
        for name, value in zip(options[::2], options[1::2], strict=True):
            if name == "-d":
                body = value.encode()
            elif name == "--data-binary":
                body = (README.parent / value.removeprefix("@")).read_bytes()
            else:
                header, _, text = value.partition(": ")
                headers[header] = text
        connection.request(method, "/api/v1" + path, body, headers)
        response = connection.getresponse()
        assert response.status in {200, 201}, (line, response.status, response.read())
        response.read()
