"""The OpenAPI document: valid, current, and true of what the API does (schemathesis against a real server)."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import hypothesis
import jsonschema_rs
import pytest
import schemathesis
from schemathesis.specs.openapi import checks as openapi_checks
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from accounts.api_keys import create_api_key
from accounts.models import Tenant
from accounts.tenancy import public_context
from api.v1 import ROUTES, api
from scripts.generated import DOCUMENTS
from tests.cast import ACME, Cast
from tests.processes import web_server

#: The web server itself refuses, in plain text, an address of 64 KB and more: such a request never gets to the API.
LONGEST_QUERY = 60_000
#: Requests an operation; whoever looks for more than CI does asks for other ones, and many (HYPOTHESIS=random).
EXAMPLES = 60 if os.environ.get("HYPOTHESIS") == "random" else 8
ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENT: Any = api.get_openapi_schema()
CHECKS = [
    schemathesis.checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.negative_data_rejection,
    openapi_checks.response_schema_conformance,
]


def schemas(node: Any) -> Iterator[Any]:
    """Every schema in the document."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "schema":
                yield value
            yield from schemas(value)
    elif isinstance(node, list):
        for value in node:
            yield from schemas(value)


def test_it_is_openapi_3_1_with_valid_schemas() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    OPENAPI_31_VALIDATOR.validate(DOCUMENT)
    for schema in [*DOCUMENT["components"]["schemas"].values(), *schemas(DOCUMENT["paths"])]:
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


def test_every_reference_leads_somewhere() -> None:
    for reference in set(re.findall(r"'\$ref': '#/([^']+)'", repr(DOCUMENT))):
        node = DOCUMENT
        for part in reference.split("/"):
            node = node[part]
        assert node


def test_every_operation_is_described() -> None:
    for route in ROUTES:
        operation = DOCUMENT["paths"]["/api/v1" + route.path][route.method.lower()]
        names = [(parameter["in"], parameter["name"]) for parameter in operation["parameters"]]
        assert len(names) == len(set(names)), route
        assert {name for place, name in names if place == "path"} == set(route.names)
        assert operation["security"] == [{"BearerKey": []}]
        assert str(route.status) in operation["responses"]
        assert operation["operationId"] == route.function.name
        assert operation["summary"].endswith((".", "?"))
        assert {"401", "403", "404", "422", "429"} <= operation["responses"].keys()
        writes_once = {("header", "Idempotency-Key"), ("query", "dry_run")}
        if route.writes and route.method != "DELETE":
            assert writes_once <= set(names)


def test_examples_are_what_the_operation_takes() -> None:
    shown = 0
    for route in ROUTES:
        body = DOCUMENT["paths"]["/api/v1" + route.path][route.method.lower()].get("requestBody", {})
        media = body.get("content", {}).get("application/json", {})
        if "example" in media:
            shown += 1
            schema = {**media["schema"], "components": DOCUMENT["components"]}
            jsonschema_rs.validate(schema, media["example"])
        assert "example" in media or not body.get("required") or route.takes_file, route
    assert shown > 90


def test_the_committed_documents_are_current() -> None:
    for path, made in DOCUMENTS.items():
        assert (ROOT / path).read_text() == made(), f"{path}: make fix"


@pytest.mark.parametrize("path", ["/api/v1/docs", "/docs"])
def test_the_documentation_page_needs_no_other_host(client: Any, path: str) -> None:
    response = client.get(path, HTTP_HOST="localhost")
    assert response.status_code == 200
    assert b"swagger-ui" in response.content
    assert not re.search(rb"""(src|href)=["'](https?:)?//""", response.content)


@pytest.mark.parametrize("path", ["/api/v1/openapi.json", "/openapi.json"])
def test_the_document_is_served(client: Any, path: str) -> None:
    assert client.get(path, HTTP_HOST="localhost").json() == DOCUMENT


@pytest.fixture(scope="module")
def operations(committed_db: str) -> Iterator[Any]:
    """Schemathesis' operations on a running server."""
    names = ("API_REQUESTS_PER_KEY", "API_REQUESTS_PER_TENANT", "API_WRONG_KEYS_PER_ADDRESS")
    with web_server(committed_db, **dict.fromkeys(names, "1000000")) as address:
        schema = schemathesis.openapi.from_dict(DOCUMENT)
        schema.config.update(base_url=address)
        yield schema


@pytest.fixture
def key(operations: Any, cast: Cast) -> str:
    """A new key of Acme's owner for each operation: some of them revoke keys."""
    with public_context():
        tenant = Tenant.objects.get(schema_name=ACME)
        _, key = create_api_key(
            tenant_id=tenant.pk, member_id=cast.olivia.member_id, name="fuzz", scopes=("read", "write")
        )
    return key


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_answers_are_as_described(operations: Any, key: str, route: Any) -> None:
    operation = operations["/api/v1" + route.path][route.method]
    right = operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE)
    wrong = operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)
    statuses = set()

    @hypothesis.given(case=right | wrong)
    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    def answers(case: Any) -> None:
        aim_at_records(case)
        hypothesis.assume(len(urlencode(case.query, doseq=True)) < LONGEST_QUERY)
        # A picked row lacks keys that a whole one must have.
        checks = CHECKS[:-1] if "fields" in case.query else list(CHECKS)
        if is_right_as_it_is_sent(case):
            checks.remove(openapi_checks.negative_data_rejection)
        response = case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=checks)
        statuses.add(response.status_code)

    answers()
    assert statuses - {401}


def is_right_as_it_is_sent(case: Any) -> bool:
    """Whether all that was made wrong is right again on its way: the key is ours, and a name that is not known and
    holds nothing is not sent.
    """
    mutations = getattr(case.meta.phase.data, "mutations", ())
    undone = {("header", ("required",)), ("query", ("additionalProperties",))}
    found = [(mutation.parameter_location.value, tuple(mutation.keywords)) for mutation in mutations]
    return bool(found) and undone.issuperset(found)


def aim_at_records(case: Any) -> None:
    """Few of all possible ids are those of records: take the first ones."""
    for name, value in case.path_parameters.items():
        if isinstance(value, int) and 0 < value < 2**63:
            case.path_parameters[name] = 1 + value % 3
