"""Logging in and out, choosing a new password, and switching between workspaces."""

import re

import pytest
from django.test import Client

from accounts.hosts import forget_hosts
from accounts.models import Device, Domain, OutgoingEmail, Tenant, User
from accounts.provisioning import add_member
from accounts.roles.models import Role
from accounts.tenancy import tenant_context
from realtime.functions.models import AuditEntry
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    return Client(SERVER_NAME="localhost", enforce_csrf_checks=False)


def log_in(browser: Client, email: str, password: str = PASSWORD, **extra):
    return browser.post("/login/", {"login": email, "password": password}, **extra)


def test_a_member_logs_in_and_out(browser, cast: Cast):
    answer = log_in(browser, "Alice@Acme.test ")
    assert answer.status_code == 302, answer.content.decode()
    assert answer.url == "/"
    assert browser.session["tenant_id"] == Tenant.objects.get(slug="acme").pk
    device = Device.objects.get(user_id=cast.alice.user_id)
    assert device.revoked_at is None
    assert browser.post("/logout/").status_code == 302
    device.refresh_from_db()
    assert device.revoked_at is not None
    assert "device_id" not in browser.session


def test_log_in_page_goes_where_it_was_asked_to_and_nowhere_else(browser, cast):
    assert browser.get("/login/?next=/contacts/").status_code == 200
    assert (
        browser.post("/login/", {"login": cast.bob.email, "password": PASSWORD, "next": "/contacts/"}).url
        == "/contacts/"
    )
    browser.post("/logout/")
    answer = browser.post(
        "/login/", {"login": cast.bob.email, "password": PASSWORD, "next": "https://evil.test/"}
    )
    assert "evil" not in answer.get("Location", "")


def test_unknown_email_and_wrong_password_look_alike(browser, cast):
    texts = []
    for email, password in ((cast.alice.email, "wrong password"), ("nobody@acme.test", PASSWORD)):
        answer = log_in(browser, email, password)
        assert answer.status_code == 200
        text = re.sub(r"(value|content)=\"[^\"]*\"", "", answer.content.decode())
        texts.append(text.replace(email, "EMAIL"))
    assert texts[0] == texts[1]
    assert "not correct" in texts[0]


def test_unknown_email_and_wrong_password_cost_one_hash_each(browser, cast, monkeypatch):
    from django.contrib.auth.hashers import Argon2PasswordHasher

    hashed: list[int] = []
    for name in ("encode", "verify"):
        original = getattr(Argon2PasswordHasher, name)

        def counted(*args, original=original):
            hashed.append(1)
            return original(*args)

        monkeypatch.setattr(Argon2PasswordHasher, name, counted)
    for email in (cast.alice.email, "nobody@acme.test"):
        hashed.clear()
        log_in(browser, email, "wrong password")
        assert len(hashed) == 1, email


def test_guessing_is_slowed_down(browser, cast):
    answers = [log_in(browser, cast.alice.email, f"wrong {number}") for number in range(12)]
    assert "Too many" in answers[-1].content.decode()
    assert "Too many" in log_in(browser, cast.alice.email).content.decode()


def test_a_new_password_by_email_ends_other_log_ins(browser, cast, settings):
    other = Client(SERVER_NAME="localhost")
    other.force_login(User.objects.get(pk=cast.alice.user_id))
    assert browser.post("/password/reset/", {"email": "ALICE@acme.test"}).status_code == 302
    email = OutgoingEmail.objects.get()
    assert email.recipient == cast.alice.email
    link = re.search(r"http\S+", email.text).group()
    assert link.startswith(settings.SITE_URL)
    answer = browser.get(link.removeprefix(settings.SITE_URL), follow=True)
    assert answer.status_code == 200
    passwords = {"password1": "a whole new password", "password2": "a whole new password"}
    answer = browser.post(answer.context["action_url"], passwords)
    assert answer.status_code == 302, answer.content.decode()
    assert browser.get(answer.url).status_code == 200
    assert not Device.objects.filter(user_id=cast.alice.user_id, revoked_at=None).exists()
    assert log_in(browser, cast.alice.email, "a whole new password").status_code == 302
    again = browser.get(link.removeprefix(settings.SITE_URL), follow=True)
    assert "does not work any more" in again.content.decode()
    assert OutgoingEmail.objects.latest("id").subject == "Your password was changed"


def change(browser: Client, current: str = PASSWORD, new: str = "a whole new password", again: str = ""):
    values = {"current_password": current, "new_password": new, "again": again or new}
    return browser.post("/settings/security/", values, headers={"X-Enhance": "region"})


def test_a_new_password_in_the_settings_ends_other_log_ins(browser, cast):
    other = Client(SERVER_NAME="localhost")
    for each in (browser, other):
        assert log_in(each, cast.alice.email).status_code == 302
    assert change(browser).json()["toast"].startswith("Password changed.")
    assert browser.get("/settings/security/").status_code == 200
    assert other.get("/settings/security/").url.startswith("/login/")
    email = OutgoingEmail.objects.get()
    assert (email.recipient, email.subject) == (cast.alice.email, "Your password was changed")
    assert "/password/reset/" in email.text
    with tenant_context("t_acme"):
        entry = AuditEntry.objects.latest("id")
    assert (entry.function, entry.object_id) == ("accounts.change_password", cast.alice.member_id)
    assert "a whole new password" not in str(entry.changes)
    browser.post("/logout/")
    assert log_in(browser, cast.alice.email).status_code == 200
    assert log_in(browser, cast.alice.email, "a whole new password").status_code == 302


def test_a_new_password_needs_the_current_one_and_must_be_a_good_one(browser, cast):
    log_in(browser, cast.alice.email)
    answers = [
        change(browser, current="something else"),
        change(browser, new="short"),
        change(browser, new=PASSWORD),
        change(browser, again="a whole other password"),
        *(change(browser, current=f"guess {number}") for number in range(3)),
    ]
    assert {answer.status_code for answer in answers} == {422}
    wrong, short, same, unlike, *_guesses, last = [answer.json()["errors"] for answer in answers]
    assert wrong == {"current_password": ["This is not your current password."]}
    assert "at least 10 characters" in short["new_password"][0]
    assert "already" in same["new_password"][0]
    assert list(unlike) == ["again"]
    assert "Too many tries" in last[""][0]
    assert not OutgoingEmail.objects.exists()


def test_a_new_password_for_nobody_looks_the_same_and_sends_nothing(browser, cast):
    answer = browser.post("/password/reset/", {"email": "nobody@acme.test"})
    assert (answer.status_code, answer.url) == (302, "/password/reset/done/")
    assert browser.get(answer.url).status_code == 200
    assert not OutgoingEmail.objects.exists()


def test_switching_between_workspaces(browser, cast):
    globex = Tenant.objects.get(slug="globex")
    with tenant_context("t_globex"):
        role = Role.objects.get(key="agent")
    browser.force_login(User.objects.get(pk=cast.alice.user_id))
    assert browser.post("/switch/", {"tenant": "globex"}).status_code == 404
    add_member(globex, User.objects.get(pk=cast.alice.user_id), role)
    assert browser.post("/switch/", {"tenant": "globex"}).url == "/"
    assert browser.session["tenant_id"] == globex.pk
    assert browser.get("/switch/").status_code == 405
    assert browser.post("/switch/", {"tenant": "9" * 300}).status_code == 404
    assert browser.post("/switch/", {"tenant": "x\x00"}).status_code == 404


def test_switching_from_a_workspace_s_own_host_goes_to_the_other_host(cast):
    browser = Client(SERVER_NAME="acme.localhost")
    alice = User.objects.get(pk=cast.alice.user_id)
    browser.force_login(alice)
    assert browser.post("/switch/", {"tenant": "acme"}).url == "http://acme.localhost/"


def test_hosts_follow_the_suffix_and_a_domain_of_one_s_own_stays(cast, settings):
    settings.TENANT_HOST_SUFFIX = "crm.example"
    settings.ALLOWED_HOSTS = [".example", ".test"]
    forget_hosts()
    browser = Client(SERVER_NAME="acme.crm.example")
    assert browser.get("/login/").status_code == 200
    browser.force_login(User.objects.get(pk=cast.alice.user_id))
    assert browser.post("/switch/", {"tenant": "acme"}).url == "http://acme.crm.example/"
    Domain.objects.filter(tenant__slug="acme").update(domain="crm.acme.test")
    assert browser.post("/switch/", {"tenant": "acme"}).url == "http://crm.acme.test/"
    assert Client(SERVER_NAME="nobody.crm.example").get("/login/").status_code == 404


def test_an_unknown_host_is_not_found(cast):
    answer = Client(SERVER_NAME="nobody.localhost").get("/login/")
    assert answer.status_code == 404
    assert "no workspace at this address" in answer.content.decode()


def test_forms_are_guarded_against_other_sites(cast):
    assert Client(SERVER_NAME="localhost", enforce_csrf_checks=True).post("/login/", {}).status_code == 403


def test_people_log_in_while_redis_is_down(browser, cast, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert log_in(browser, cast.bob.email, PASSWORD).status_code == 302
