"""POST /forms/{token}: programs, browsers and other sites; wrong input, replay, too much of it."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from accounts.models import Tenant
from accounts.tenancy import public_context, tenant_context
from crm.contacts.models import Contact
from crm.forms.models import FormSubmission
from tests.api.conftest import ApiClient
from tests.cast import ACME

ADA = {"first_name": "Ada", "email": "ada@engines.example"}
SITE = "https://www.acme.example"


@pytest.fixture
def nobody(db: None) -> ApiClient:
    """A program without a key."""
    return ApiClient("", None)


@pytest.fixture
def form(olivia: ApiClient) -> Any:
    """A form that one other site may show."""
    made = olivia.post("/forms", {"name": "Enquiry"}).data
    return olivia.patch(f"/forms/{made['id']}", {"origins": [SITE], "thanks": "Soon!"}).data


@pytest.fixture
def path(form: Any) -> str:
    return f"/forms/{form['token']}"


def sent() -> int:
    """How many sendings were taken in."""
    with tenant_context(ACME):
        return FormSubmission.objects.count()


def test_a_program_sends_json(nobody: ApiClient, path: str) -> None:
    answer = nobody.post(path, ADA)
    assert (answer.status, answer.data) == (201, {"received": True, "thanks": "Soon!", "redirect_url": ""})
    with tenant_context(ACME):
        assert Contact.objects.filter(email=ADA["email"], first_name="Ada").count() == 1


def test_a_repeated_request_gets_the_first_answer(nobody: ApiClient, path: str) -> None:
    first = nobody.post(path, ADA, Idempotency_Key="form-1")
    again = nobody.post(path, ADA, Idempotency_Key="form-1")
    assert (again.data, again.headers["Idempotency-Replayed"]) == (first.data, "true")
    assert sent() == 1
    nobody.post(path, {**ADA, "first_name": "Eve"}, Idempotency_Key="form-1").refused(409, "conflict")


def test_a_dry_run_leaves_nothing(nobody: ApiClient, path: str) -> None:
    assert nobody.post(f"{path}?dry_run=true", ADA).status == 200
    assert sent() == 0


@pytest.mark.parametrize(
    "body", [{}, {"email": 7}, {"email": "a@b.example", "x": 1}, [], {"email": {"a": 1}}]
)
def test_wrong_values_are_named(nobody: ApiClient, path: str, body: Any) -> None:
    nobody.post(path, body).refused(422, "invalid_input")
    assert sent() == 0


def test_too_much_and_of_another_kind(nobody: ApiClient, path: str) -> None:
    nobody.post(path, {**ADA, "message": "x" * 70_000}).refused(413, "too_large")
    nobody.request("POST", path, raw=b"<a/>", content_type="text/xml").refused(415, "unsupported_media_type")
    nobody.request("POST", path, raw=b"{").refused(400, "bad_request")
    nobody.get(path).refused(405, "method_not_allowed")


def test_addresses_that_lead_nowhere_are_alike(nobody: ApiClient, form: Any) -> None:
    number, _dash, secret = form["token"].partition("-")
    with public_context():
        other = Tenant.objects.exclude(schema_name=ACME).values_list("pk", flat=True)[0]
    for token in (f"{number}-wrong", f"{other}-{secret}", f"999999-{secret}", secret, "-"):
        nobody.post(f"/forms/{token}", ADA).refused(404, "not_found")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE", "POST", "OPTIONS"])
def test_what_can_be_no_token_is_no_address(nobody: ApiClient, method: str) -> None:
    for word in ("abc", "-1", "1.5", "%F0%9F%98%80"):
        nobody.request(method, f"/forms/{word}").refused(404, "not_found")


def test_a_site_that_the_form_names_may_send_and_another_may_not(nobody: ApiClient, path: str) -> None:
    asked = nobody.request("OPTIONS", path, Origin=SITE, Access_Control_Request_Method="POST")
    assert (asked.status, asked.headers["Access-Control-Allow-Origin"]) == (204, SITE)
    assert nobody.post(path, ADA, Origin=SITE).headers["Access-Control-Allow-Origin"] == SITE
    wrong = nobody.post(path, {}, Origin=SITE)
    assert (wrong.status, wrong.headers["Access-Control-Allow-Origin"]) == (422, SITE)
    stranger = nobody.post(path, ADA, Origin="https://evil.example")
    stranger.refused(403, "forbidden")
    assert "Access-Control-Allow-Origin" not in stranger.headers
    assert sent() == 1


def test_who_sends_too_often_has_to_wait(db: None, path: str, settings: LazySettings) -> None:
    settings.FORM_REQUESTS_PER_ADDRESS = 2
    client = Client()
    statuses = [
        client.post(
            f"/api/v1{path}", ADA, content_type="application/json", headers={"host": "localhost"},
            REMOTE_ADDR="198.51.100.9",
        ).status_code
        for _ in range(3)
    ]  # fmt: skip
    assert statuses == [201, 201, 429]


BROWSER = {"host": "localhost", "accept": "text/html", "origin": "http://localhost"}


def test_a_browser_is_led_to_the_thanks(db: None, form: Any) -> None:
    client = Client()
    shown = client.get(form["path"], headers=BROWSER)
    assert (shown.status_code, "X-Frame-Options" in shown.headers) == (200, False)
    assert f"frame-ancestors 'self' {SITE}" in shown["Content-Security-Policy"]
    assert 'name="email"' in shown.content.decode()
    values = {**ADA, "submission_key": "k", "page": "", "website_2": ""}
    answer = client.post(f"/api/v1/forms/{form['token']}", values, headers=BROWSER)
    assert (answer.status_code, answer["Location"]) == (303, f"{form['path']}?sent=1")
    assert "Soon!" in client.get(answer["Location"], headers=BROWSER).content.decode()
    assert sent() == 1


def test_a_browser_gets_the_form_again_with_what_is_wrong(db: None, form: Any) -> None:
    values = {"first_name": "Ada <3", "email": "nowhere", "embed": "1"}
    answer = Client().post(f"/api/v1/forms/{form['token']}", values, headers=BROWSER)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Ada &lt;3"' in page
    assert 'aria-invalid="true"' in page
    assert 'name="embed"' in page
    assert sent() == 0


def test_a_browser_is_led_on_in_place_of_thanks(olivia: ApiClient, form: Any) -> None:
    olivia.patch(f"/forms/{form['id']}", {"redirect_url": "https://www.acme.example/thanks"})
    answer = Client().post(f"/api/v1/forms/{form['token']}", ADA, headers=BROWSER)
    assert (answer.status_code, answer["Location"]) == (303, "https://www.acme.example/thanks")


def test_the_page_of_a_form_that_is_off_and_on_another_firms_host(olivia: ApiClient, form: Any) -> None:
    client = Client()
    assert client.get(form["path"], headers={"host": "globex.localhost"}).status_code == 404
    olivia.patch(f"/forms/{form['id']}", {"is_on": False})
    assert client.get(form["path"], headers=BROWSER).status_code == 404
    assert client.get("/forms/1-none/", headers=BROWSER).status_code == 404


def test_the_page_speaks_the_firms_language(db: None, form: Any) -> None:
    with public_context():
        Tenant.objects.filter(schema_name=ACME).update(locale="de")
    page = Client().get(form["path"], headers={**BROWSER, "accept-language": "en"}).content.decode()
    assert '<html lang="de"' in page
