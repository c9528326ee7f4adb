"""Wrong input, in every shape that arrives: a problem document of the right kind, never a 500."""

from typing import Any

import pytest
from django.db import OperationalError

from api.route import Route
from api.v1 import ROUTES
from tests.api.conftest import ApiClient, new_client
from tests.cast import Cast

HUGE = 2**63
IDS = [
    str(HUGE),
    str(-HUGE),
    "0",
    "-1",
    "1e3",
    "abc",
    "1.0",
    "%00",
    "%F0%9F%98%80",
    "9" * 400,
    "null",
    "true",
]


def address(route: Route, value: object = 1) -> str:
    """The route's address with the value for each id in it."""
    words = {"object": "contact", "field": "email", "permission": "contact.view", "step_key": "a1"}
    return route.path.format_map({name: words.get(name, value) for name in route.names})


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest.fixture(scope="module")
def nothing(module_rows: None, cast: Cast) -> ApiClient:
    """A key of Acme's owner that may do nothing at all."""
    return new_client(cast.olivia, scopes=())


WITH_ID = [route for route in ROUTES if any(name.endswith("_id") for name in route.names)]
#: Uploads take any bytes as they are: tests/api/test_files.py.
WITH_BODY = [route for route in ROUTES if route.reads_body and not route.takes_file]
READING = [route for route in ROUTES if route.method == "GET"]


@pytest.mark.parametrize("route", WITH_ID, ids=name_of)
def test_an_id_that_is_none_leads_nowhere(olivia: ApiClient, route: Route) -> None:
    for value in IDS:
        answer = olivia.request(route.method, address(route, value), {} if route.reads_body else None)
        answer.refused(404, "not_found")


@pytest.mark.parametrize("route", WITH_ID, ids=name_of)
def test_an_id_of_nobody_leads_nowhere(olivia: ApiClient, route: Route) -> None:
    answer = olivia.request(route.method, address(route, HUGE - 1), {} if route.reads_body else None)
    assert answer.status in {404, 422}, answer.body


NO_JSON = [
    b"{",
    b"\xff\xfe",
    b"nul",
    b"{}{}",
    b'{"a":1,}',
    b'{"a":NaN}',
    b'"\\ud800"',
    b"[" * 100_000,
    b"'a'",
]
NO_OBJECT = [b"[]", b"null", b"7", b'"text"', b"true", b"[" * 500 + b"]" * 500]
NO_JSON_KINDS = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "a"]
WRONG_VALUES = [
    b'"\\u0000"', b'"\\ud800"', b'"\xff\xfe"', b"%d" % HUGE, b"%d" % 10**400, b"1e400", b"-1", b"1.5", b"[]", b"{}",
    b"true", b'[{"a":[1]}]', b"[" * 200 + b"]" * 200, b'"%b"' % (b"x" * 30_000),
]  # fmt: skip


@pytest.mark.parametrize("route", WITH_BODY, ids=name_of)
class TestBodies:
    def send(self, client: ApiClient, route: Route, raw: bytes, **headers: Any):
        return client.request(route.method, address(route), raw=raw, **headers)

    def test_that_are_no_json(self, olivia: ApiClient, route: Route) -> None:
        for raw in NO_JSON:
            self.send(olivia, route, raw).refused(400, "bad_request")

    def test_that_are_no_object_of_known_members(self, olivia: ApiClient, route: Route) -> None:
        for raw in NO_OBJECT:
            self.send(olivia, route, raw).refused(422, "invalid_input")
        problem = self.send(olivia, route, b'{"no_such_thing":1}').refused(422, "invalid_input")
        assert any(error["param"].endswith("no_such_thing") for error in problem["errors"])
        for name in route.names:  # the address has said it
            self.send(olivia, route, b'{"%b":1}' % name.encode()).refused(422, "invalid_input")

    def test_that_are_too_large_or_of_another_kind(self, olivia: ApiClient, route: Route) -> None:
        self.send(olivia, route, b'{"name":"%b"}' % (b"x" * 1024 * 1024)).refused(413, "too_large")
        for kind in NO_JSON_KINDS:
            self.send(olivia, route, b"{}", content_type=kind).refused(415, "unsupported_media_type")

    def test_with_members_of_wrong_types(self, olivia: ApiClient, route: Route) -> None:
        model = route.function.args_model
        if route.body_as is not None:
            model = model.model_fields[route.body_as].annotation  # type: ignore[assignment]  # a model of a body
        for name in [name for name in model.model_fields if name not in route.names]:
            for value in WRONG_VALUES:
                answer = self.send(olivia, route, b'{"%b":%b}' % (name.encode(), value))
                assert answer.status < 500, (name, answer.body)


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.writes and not route.takes_file], ids=name_of
)
def test_headers_and_flags_that_are_none(olivia: ApiClient, route: Route) -> None:
    def ask(query: str = "", **headers: Any) -> Any:
        path = f"{address(route, HUGE - 1)}{query}"
        return olivia.request(route.method, path, {} if route.reads_body else None, **headers)

    ask("?dry_run=perhaps").refused(422, "invalid_input")
    ask("?no_such_thing=1").refused(422, "invalid_input")
    for key in ("", "x" * 256, "tab\there", "caf\x00"):
        ask(Idempotency_Key=key).refused(422, "invalid_input")
    for tag in ("1", '"1', "*" * 5000):
        ask(If_Match=tag).refused(400, "bad_request")


@pytest.mark.django_db
@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_a_key_without_scopes_gets_nothing(cast: Cast, nothing: ApiClient, route: Route) -> None:
    answer = nothing.request(route.method, address(route), {} if route.reads_body else None)
    assert answer.status in {403, 422}, answer.body
    if not set(route.function.args_model.model_json_schema().get("required", ())) - {*route.names}:
        answer.refused(403, "forbidden")


@pytest.mark.parametrize("route", READING, ids=name_of)
def test_query_strings_of_wrong_types(olivia: ApiClient, route: Route) -> None:
    values = ["", "%00", "%ED%A0%80", str(HUGE), "-1", "x" * 5000, "null", "[]", "2020-13-45", "%F0%9F%98%80"]
    for name in route.function.args_model.model_fields:
        if name not in route.names:
            for value in values:
                answer = olivia.get(f"{address(route)}?{name}={value}")
                assert answer.status < 500, (name, value, answer.body)
    olivia.get(f"{address(route)}?no_such_thing=1").refused(422, "invalid_input")


@pytest.mark.parametrize("route", [r for r in ROUTES if r.method == "GET" and r.takes("until")], ids=name_of)
def test_days_at_the_calendar_s_ends(olivia: ApiClient, route: Route) -> None:
    for name in ("since", "until"):
        for day in ("0001-01-01", "9999-12-31"):
            assert olivia.get(f"{address(route)}?{name}={day}").status == 422


def test_numbers_that_are_too_long_to_be_read(olivia: ApiClient) -> None:
    """Python refuses to read more than 4,300 digits."""
    olivia.request("DELETE", f"/stages/1?target_stage_id={'1' * 5000}").refused(422, "invalid_input")


def test_an_argument_given_twice(olivia: ApiClient) -> None:
    olivia.get("/contacts?limit=1&limit=2").refused(422, "invalid_input")


@pytest.mark.parametrize(
    "cursor",
    ["x", "====", "W10", "WzFd", "WyItaWQiLDFd", "%00", "WyItbGFzdF9hY3Rpdml0eV9hdCwtaWQiLHRydWUsW11d"],
)
def test_cursors_of_ones_own_making(olivia: ApiClient, cursor: str) -> None:
    olivia.get(f"/contacts?cursor={cursor}").refused(422, "invalid_input")


@pytest.mark.parametrize("path", ["/nowhere", "/contacts/", "/contacts/1/", "/contacts/1/fly", "/", ""])
def test_addresses_of_nothing(olivia: ApiClient, path: str) -> None:
    olivia.get(path).refused(404, "not_found")


def test_another_version_is_nothing(olivia: ApiClient) -> None:
    answer = olivia.get("/../v2/contacts")
    assert answer.status == 404


@pytest.mark.parametrize("method", ["DELETE", "OPTIONS", "TRACE", "BREW"])
def test_methods_that_an_address_does_not_take(olivia: ApiClient, method: str) -> None:
    answer = olivia.request(method, "/contacts")
    answer.refused(405, "method_not_allowed")
    assert {word.strip() for word in answer.headers["Allow"].split(",")} == {"GET", "POST", "PUT"}


def test_a_body_of_unknown_length(olivia: ApiClient) -> None:
    answer = olivia.request("POST", "/contacts", raw=b"", Transfer_Encoding="chunked", content_length="")
    assert answer.status in {411, 422}


def test_a_defect_answers_500_without_its_trace(olivia: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("api.route.call_outcome", fail)
    answer = olivia.get("/contacts")
    answer.refused(500, "internal_error")
    assert b"secret" not in answer.body
    assert b"Traceback" not in answer.body


def test_an_outage_of_the_database_is_503_and_says_when_to_ask_again(
    olivia: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OperationalError("no connection to 10.0.0.7")

    monkeypatch.setattr("api.route.call_outcome", fail)
    answer = olivia.get("/contacts")
    answer.refused(503, "unavailable")
    assert answer.headers["Retry-After"] == "5"
    assert b"10.0.0.7" not in answer.body


def test_a_host_that_is_not_ours(olivia: ApiClient, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    olivia.get("/contacts", host="evil.example").refused(400, "bad_request")
