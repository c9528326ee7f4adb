"""A request's tenant and context: entered, left again, and refused in a page's own terms."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from accounts import middleware
from accounts.middleware import context_of
from accounts.models import Device, TenantUser, User
from accounts.roles.models import Member
from accounts.tenancy import current_schema, tenant_context
from realtime.functions import TooSlow, Unauthenticated
from tests.cast import ACME, GLOBEX, Cast

pytestmark = pytest.mark.django_db


def log_in(cast_member, host: str = "localhost") -> Client:
    browser = Client(SERVER_NAME=host)
    browser.force_login(User.objects.get(pk=cast_member.user_id))
    return browser


def answer(
    browser: Client, path: str = "/echo/", host: str = "localhost", **headers
) -> tuple[HttpRequest, str]:
    """The request as a view sees it, and the schema that it runs in."""
    seen = {}

    def view(request: HttpRequest) -> HttpResponse:
        seen["schema"] = current_schema()
        return HttpResponse()

    request = RequestFactory().get(path, HTTP_HOST=host, headers=headers)
    request.session = browser.session
    request.user = (
        User.objects.filter(pk=browser.session.get("_auth_user_id") or 0).first() or AnonymousUser()
    )
    middleware.tenant(view)(request)
    return request, seen.get("schema", "")


def test_a_member_s_request_runs_in_their_tenant_and_leaves_it(cast: Cast):
    request, schema = answer(log_in(cast.alice))
    assert schema == ACME
    assert request.tenant_record.slug == "acme"
    assert context_of(request).actor.id == cast.alice.member_id
    assert current_schema() == "public"


def test_nobody_s_request_runs_in_public(cast):
    request, schema = answer(Client(), host="acme.localhost")
    assert schema == "public"
    assert request.tenant_record.slug == "acme"
    with pytest.raises(Unauthenticated):
        context_of(request)


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/contacts"])
def test_probes_and_the_api_are_left_alone(cast, path):
    request, schema = answer(Client(), path, host="nobody.example")
    assert schema == "public"
    assert not hasattr(request, "ctx")


def test_a_member_who_was_deactivated_is_logged_out(cast: Cast):
    browser = log_in(cast.alice)
    assert browser.get("/contacts/").status_code == 200
    with tenant_context(ACME):
        Member.objects.filter(pk=cast.alice.member_id).update(is_active=False)
    gone = browser.get("/contacts/")
    assert (gone.status_code, gone.url) == (302, "/login/?next=/contacts/")
    assert browser.get("/login/").status_code == 200
    assert not Device.objects.filter(user_id=cast.alice.user_id, revoked_at=None).exists()


def test_a_member_of_nothing_finds_nothing(cast: Cast):
    browser = log_in(cast.alice)
    TenantUser.objects.filter(user_id=cast.alice.user_id).delete()
    assert browser.get("/contacts/").status_code in {302, 404}


def test_many_requests_of_two_tenants_stay_apart(cast: Cast):
    alice, charlie = log_in(cast.alice), log_in(cast.charlie)
    for _ in range(5):
        assert answer(alice)[1] == ACME
        assert answer(charlie)[1] == GLOBEX


def test_request_ids_are_the_caller_s_if_sane(cast):
    browser = Client(SERVER_NAME="localhost")
    assert browser.get("/login/", headers={"X-Request-Id": "abc-123_DEF"})["X-Request-Id"] == "abc-123_DEF"
    for odd in ("short", "x" * 65, "with space", "ä" * 10, "line\nbreak"):
        given = browser.get("/login/", HTTP_X_REQUEST_ID=odd)["X-Request-Id"]
        assert given != odd
        assert len(given) == 24


@pytest.mark.parametrize("script", [False, True])
def test_a_page_during_an_outage_of_the_database(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, script: bool
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OperationalError("no connection to 10.0.0.7")

    monkeypatch.setattr("crm.web.contacts.ask", fail)
    browser = log_in(cast.alice)
    browser.raise_request_exception = False
    shown = browser.get("/contacts/999/", headers={"X-Enhance": "region"} if script else {})
    assert (shown.status_code, shown["Retry-After"]) == (503, "5")
    assert shown["Content-Type"].startswith("application/json") is script
    assert b"The database does not answer." in shown.content
    assert b"10.0.0.7" not in shown.content


def test_a_page_that_takes_too_long_says_so(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    def dawdle(*args: object, **kwargs: object) -> None:
        raise TooSlow("This took too long and was stopped; nothing was changed. Ask for less at once.")

    monkeypatch.setattr("crm.web.contacts.ask", dawdle)
    shown = log_in(cast.alice).get("/contacts/999/")
    assert shown.status_code == 503
    assert b"Ask for less at once." in shown.content
