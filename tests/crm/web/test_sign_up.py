"""Signing up, and joining by invitation."""

import pytest
from django.test import Client

from accounts.actor import member_context
from accounts.models import Domain, OutgoingEmail, Tenant, TenantUser, User
from accounts.roles.models import Member, Role
from accounts.tenancy import tenant_context
from realtime.functions.call import call
from tests.cast import ACME, PASSWORD, Cast

pytestmark = pytest.mark.django_db

FORM = {
    "firm": "Blue Door",
    "slug": "",
    "name": "Nina",
    "email": "Nina@Blue.test",
    "password": "a long enough one",
}


@pytest.fixture
def browser() -> Client:
    return Client(SERVER_NAME="localhost")


def test_signing_up_makes_a_workspace_and_logs_its_owner_in(browser):
    assert browser.get("/signup/").status_code == 200
    answer = browser.post("/signup/", FORM)
    assert answer.status_code == 302, answer.content.decode()
    tenant = Tenant.objects.get(slug="blue-door")
    user = User.objects.get(email="nina@blue.test")
    assert (tenant.name, tenant.schema_name) == ("Blue Door", "t_blue_door")
    assert Domain.objects.get(tenant=tenant).domain == "blue-door.localhost"
    assert browser.session["tenant_id"] == tenant.pk
    with tenant_context(tenant.schema_name):
        owner = Member.objects.get(user_id=user.pk)
        assert (owner.role.key, owner.name) == ("owner", "Nina")
        assert call("roles.list_members", member_context(tenant.schema_name, owner), {})["data"]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/Berlin", ("Europe/Berlin", "DE", "EUR")),
        ("Asia/Calcutta", ("Asia/Calcutta", "IN", "INR")),
        ("UTC", ("UTC", "US", "USD")),
        ("Europe/../etc", ("UTC", "US", "USD")),
    ],
)
def test_a_firm_begins_where_its_owner_is(browser, zone, expected):
    """The browser says its time zone; the country, for phone numbers, and the currency follow."""
    assert b"data-time-zone" in browser.get("/signup/").content
    assert browser.post("/signup/", {**FORM, "time_zone": zone}).status_code == 302
    tenant = Tenant.objects.get(slug="blue-door")
    assert (tenant.time_zone, tenant.country, tenant.currency) == expected
    assert User.objects.get(email="nina@blue.test").time_zone == expected[0]


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"slug": "acme"}, "slug", "taken"),
        ({"slug": "admin"}, "slug", "taken"),
        ({"slug": "Blue Door!"}, "slug", "small letters"),
        ({"slug": "ab"}, "slug", "3 to 40"),
        ({"email": "alice@ACME.test"}, "email", "log in"),
        ({"email": "no address"}, "email", "valid email"),
        ({"password": "short"}, "password", "too short"),
        ({"password": "nina@blue.test"}, "password", "similar"),
        ({"firm": ""}, "firm", "required"),
        ({"name": "N" * 121}, "name", "at most 120"),
        ({"firm": "Blue\x00Door"}, "firm", "Null"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(browser, cast, change, field, message):
    answer = browser.post("/signup/", FORM | change)
    assert answer.status_code == 422
    assert message in " ".join(answer.context["form"].errors[field])
    assert not User.objects.filter(email="nina@blue.test").exists()


def test_a_user_adds_a_second_workspace_without_a_second_password(browser, cast: Cast):
    user = User.objects.get(pk=cast.alice.user_id)
    browser.force_login(user)
    answer = browser.post("/signup/", {"firm": "Side Firm"})
    assert answer.status_code == 302
    assert set(TenantUser.objects.filter(user=user).values_list("tenant__slug", flat=True)) == {
        "acme",
        "side-firm",
    }
    assert browser.session["tenant_id"] == Tenant.objects.get(slug="side-firm").pk


def test_names_are_kept_on_one_line(browser):
    browser.post("/signup/", FORM | {"name": "Nina\r\nBcc: all@blue.test", "firm": "Blue\nDoor"})
    assert User.objects.get(email="nina@blue.test").name == "Nina Bcc: all@blue.test"
    assert Tenant.objects.get(slug="blue-door").name == "Blue Door"


def test_signing_up_on_a_workspace_s_host_goes_to_the_bare_one(cast, settings):
    answer = Client(SERVER_NAME="acme.localhost").get("/signup/")
    assert answer.url == f"{settings.SITE_URL}/signup/"


def test_signing_up_is_limited(browser):
    """By network: a host has 2**64 addresses of IPv6, and these are of one."""
    hosts = [f"2001:db8::{number:x}" for number in range(25)]
    answers = [browser.post("/signup/", {}, REMOTE_ADDR=host).status_code for host in hosts]
    assert answers[0] == 422
    assert answers[-1] == 429


def invite(cast: Cast, email: str) -> str:
    """The path of the link in the email."""
    with tenant_context(ACME):
        role = Role.objects.get(key="agent")
        call("roles.invite_member", cast.olivia.context(), {"email": email, "role_id": role.pk})
    text = OutgoingEmail.objects.latest("id").text
    return "/invitations/" + text.partition("/invitations/")[2].split()[0]


def test_a_new_user_joins_by_invitation_once(browser, cast):
    link = invite(cast, "nina@blue.test")
    assert "Olivia" in browser.get(link).content.decode()
    answer = browser.post(link, {"name": "Nina", "password": "a long enough one"})
    assert answer.status_code == 302, answer.content.decode()
    user = User.objects.get(email="nina@blue.test")
    assert browser.session["tenant_id"] == Tenant.objects.get(slug="acme").pk
    with tenant_context(ACME):
        assert Member.objects.get(user_id=user.pk).role.key == "agent"
    again = Client(SERVER_NAME="localhost").post(link, {"name": "Eve", "password": "a long enough one"})
    assert again.status_code == 404
    assert User.objects.filter(email="nina@blue.test").count() == 1


def test_a_bad_password_leaves_the_invitation_open(browser, cast):
    link = invite(cast, "nina@blue.test")
    assert browser.post(link, {"name": "Nina", "password": "short"}).status_code == 422
    assert browser.get(link).status_code == 200


def test_an_existing_user_logs_in_to_join(browser, cast):
    link = invite(cast, cast.charlie.email)
    page = browser.get(link).content.decode()
    assert "/login/?next=/invitations/" in page
    assert browser.post(link, {"name": "Eve", "password": "a long enough one"}).status_code == 200
    assert User.objects.get(email=cast.charlie.email).check_password(PASSWORD)
    browser.force_login(User.objects.get(pk=cast.charlie.user_id))
    assert browser.post(link).status_code == 302
    assert browser.session["tenant_id"] == Tenant.objects.get(slug="acme").pk


def test_somebody_else_can_not_join(browser, cast):
    link = invite(cast, "nina@blue.test")
    browser.force_login(User.objects.get(pk=cast.charlie.user_id))
    known = invite(cast, "vera2@acme.test")
    assert browser.post(known).status_code == 422
    User.objects.create_user("nina@blue.test", PASSWORD)
    answer = browser.post(link)
    assert answer.status_code == 200
    assert "Log out" in answer.content.decode()
    with tenant_context(ACME):
        assert not Member.objects.filter(user_id=cast.charlie.user_id).exists()


@pytest.mark.parametrize("link", ["acme/made-up", "nobody/made-up", "acme/a%00b"])
def test_a_made_up_link_is_over(browser, cast, link):
    answer = browser.get(f"/invitations/{link}/")
    assert answer.status_code == 404
    assert "not open any more" in answer.content.decode()
