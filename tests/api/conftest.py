"""A client for each person of the cast, with an API key of theirs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from django.test import Client

from accounts.api_keys import create_api_key
from accounts.models import ApiKey, Tenant
from accounts.tenancy import public_context
from tests.cast import Cast, Person

BASE = "/api/v1"


@dataclass
class Answer:
    """A response, read."""

    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def data(self) -> Any:
        assert self.status < 300, self.body
        return self.json["data"]

    @property
    def meta(self) -> Any:
        return self.json["meta"]

    def refused(self, status: int, code: str) -> Any:
        """The problem document, which must be of this kind."""
        assert (self.status, self.json["code"]) == (status, code), self.body
        assert self.headers["Content-Type"] == "application/problem+json"
        assert self.json["status"] == status
        assert self.json["request_id"] == self.headers["X-Request-Id"]
        assert self.json["type"] == f"/docs#{code}"
        assert self.json["title"]
        assert self.json["detail"]
        return self.json


class ApiClient:
    """Calls the API with one key, through the whole middleware."""

    def __init__(self, key: str, row: ApiKey | None = None) -> None:
        self.key = key
        self.row = row
        self._client = Client(raise_request_exception=False)

    def request(
        self, method: str, path: str, body: Any = None, raw: bytes | None = None, **headers: Any
    ) -> Answer:
        """``headers`` are named as in Python: If_Match="..."; ``host`` and ``content_type`` are special."""
        extra: dict[str, Any] = {
            f"HTTP_{name.upper()}": value for name, value in headers.items() if name != "content_type"
        }
        extra.setdefault("HTTP_HOST", "localhost")
        if self.key:
            extra.setdefault("HTTP_AUTHORIZATION", f"Bearer {self.key}")
        content = raw if raw is not None else (b"" if body is None else orjson.dumps(body))
        content_type = headers.get("content_type", "application/json")
        response = self._client.generic(
            method, path if path.startswith("//") else BASE + path, content, content_type, **extra
        )
        return Answer(response.status_code, response.headers, response.getvalue())

    def get(self, path: str, **headers: Any) -> Answer:
        return self.request("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: Any) -> Answer:
        return self.request("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: Any) -> Answer:
        return self.request("PATCH", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: Any) -> Answer:
        return self.request("PUT", path, body, **headers)

    def delete(self, path: str, **headers: Any) -> Answer:
        return self.request("DELETE", path, **headers)


MakeClient = Callable[..., ApiClient]


def new_client(person: Person, scopes: tuple[str, ...] = ("read", "write"), **fields: Any) -> ApiClient:
    """A client with a new key of the person's."""
    with public_context():
        tenant = Tenant.objects.get(schema_name=person.schema)
        row, key = create_api_key(
            tenant_id=tenant.pk, member_id=person.member_id, name="test", scopes=scopes, **fields
        )
    return ApiClient(key, row)


@pytest.fixture
def client_of(db: None) -> MakeClient:
    """``client_of(person, scopes=("read",), expires_at=...)``: a client with a new key."""

    return new_client


@pytest.fixture
def olivia(cast: Cast, client_of: MakeClient) -> ApiClient:
    """Acme's owner."""
    return client_of(cast.olivia)


@pytest.fixture
def alice(cast: Cast, client_of: MakeClient) -> ApiClient:
    """An agent of Acme."""
    return client_of(cast.alice)


@pytest.fixture
def charlie(cast: Cast, client_of: MakeClient) -> ApiClient:
    """The owner of another tenant."""
    return client_of(cast.charlie)
