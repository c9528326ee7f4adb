"""Who comes and to which tenant: hosts, sessions, API keys and sockets."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.api_keys import create_api_key, find_key
from accounts.authentication import authenticate_api_key, resolve_socket, visit
from accounts.devices import revoke_devices, start_device
from accounts.hosts import forget_hosts, host_name, is_bare, tenant_of_host
from accounts.models import ApiKey, Device, Domain, Tenant, TenantUser, User
from accounts.roles.models import Member
from accounts.tenancy import tenant_context
from realtime.functions import Actor, Context, Forbidden, NotFound, Unauthenticated
from tests.cast import ACME, GLOBEX, PASSWORD, Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_hosts():
    forget_hosts()
    yield
    forget_hosts()


@pytest.fixture
def acme_tenant() -> Tenant:
    return Tenant.objects.get(schema_name=ACME)


def make_key(person: Person, scopes=("read",), **fields) -> tuple[ApiKey, str]:
    tenant = Tenant.objects.get(schema_name=person.schema)
    return create_api_key(
        tenant_id=tenant.pk, member_id=person.member_id, name="Test", scopes=scopes, **fields
    )


def log_in(person: Person, host: str = "localhost") -> Client:
    browser = Client(SERVER_NAME=host)
    browser.force_login(User.objects.get(pk=person.user_id))
    return browser


def socket_scope(host: str, browser: Client | None = None, key: str = "") -> dict:
    headers = [(b"host", host.encode())]
    if browser is not None:
        headers.append((b"cookie", f"sessionid={browser.cookies['sessionid'].value}".encode()))
    if key:
        headers.append((b"authorization", f"Bearer {key}".encode()))
    return {"type": "websocket", "headers": headers, "client": ["127.0.0.1", 5000]}


class TestHosts:
    @pytest.mark.parametrize(
        "host", ["localhost", "LOCALHOST:8000", "127.0.0.1:80", "[::1]:8000", "192.168.1.7", ""]
    )
    def test_bare_hosts_name_no_tenant(self, host, cast):
        if host:
            assert tenant_of_host(host) is None

    def test_a_subdomain_names_its_tenant(self, cast):
        assert tenant_of_host("acme.localhost:8000").schema_name == ACME
        assert tenant_of_host("ACME.localhost.").schema_name == ACME

    def test_an_own_domain_names_its_tenant_once_verified(self, cast, acme_tenant):
        domain = Domain.objects.create(tenant=acme_tenant, domain="crm.acme.example", is_primary=False)
        with pytest.raises(NotFound):
            tenant_of_host("crm.acme.example")
        domain.verified_at = timezone.now()
        domain.save()
        forget_hosts()
        assert tenant_of_host("crm.acme.example").schema_name == ACME

    @pytest.mark.parametrize(
        "host", ["nobody.localhost", "acme.localhost.evil.test", "evil.test", "", "a" * 5000]
    )
    def test_unknown_hosts_lead_nowhere(self, host, cast):
        with pytest.raises(NotFound):
            tenant_of_host(host)

    def test_a_known_host_costs_no_query_for_some_seconds(self, cast, django_assert_num_queries):
        tenant_of_host("acme.localhost")
        with django_assert_num_queries(0):
            tenant_of_host("acme.localhost")
            tenant_of_host("localhost")

    def test_names_are_compared_without_port_and_case(self):
        assert host_name("Acme.Localhost:8000") == "acme.localhost"
        assert host_name("[::1]:8000") == "[::1]"
        assert is_bare("[::1]")


class TestApiKeys:
    def test_a_key_acts_as_its_member(self, cast):
        row, text = make_key(cast.alice)
        found = authenticate_api_key(text, host="localhost", address="127.0.0.1")
        assert (found.schema, found.actor) == (ACME, Actor("member", cast.alice.member_id, f"key:{row.pk}"))
        assert text.startswith(f"crm_{row.prefix}_")
        assert text.rpartition("_")[2] not in row.hash

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "crm",
            "crm_",
            "crm_abc",
            "crm_abc_",
            "key_abc_def",
            "crm_ä_x",
            "crm_x_y" * 100,
            "crm_\x00_\x00",
        ],
    )
    def test_what_is_no_key(self, cast, text):
        with pytest.raises(Unauthenticated):
            find_key(text)

    def test_a_wrong_secret(self, cast):
        row, text = make_key(cast.alice)
        for wrong in (text[:-1], text + "x", f"crm_{row.prefix}_{row.hash}"):
            with pytest.raises(Unauthenticated, match="not valid"):
                find_key(wrong)

    def test_a_revoked_an_expired_and_a_misplaced_key(self, cast):
        now = timezone.now()
        for fields, message in (
            ({"revoked_at": now}, "revoked"),
            ({"expires_at": now - timedelta(seconds=1)}, "expired"),
            ({"allowed_addresses": ["10.0.0.1"]}, "address"),
        ):
            _, text = make_key(cast.alice, **fields)
            with pytest.raises(Unauthenticated, match=message):
                find_key(text, address="127.0.0.1")

    def test_a_key_for_certain_addresses(self, cast):
        _, text = make_key(cast.alice, allowed_addresses=["10.0.0.1", "2001:db8::1"])
        assert find_key(text, address="10.0.0.1").member_id == cast.alice.member_id
        assert find_key(text, address="2001:db8::1").member_id == cast.alice.member_id
        assert find_key(text, address="2001:0DB8:0:0::1").member_id == cast.alice.member_id
        assert find_key(text, address="::ffff:10.0.0.1").member_id == cast.alice.member_id

    def test_a_suspended_tenant_s_key(self, cast, acme_tenant):
        _, text = make_key(cast.alice)
        Tenant.objects.filter(pk=acme_tenant.pk).update(state="suspended")
        with pytest.raises(NotFound):
            find_key(text)

    def test_another_tenant_s_host(self, cast):
        _, text = make_key(cast.alice)
        assert authenticate_api_key(text, host="acme.localhost").schema == ACME
        with pytest.raises(NotFound):
            authenticate_api_key(text, host="globex.localhost")

    def test_use_is_noted_once_a_minute(self, cast, django_assert_num_queries):
        row, text = make_key(cast.alice)
        now = timezone.now()
        with django_assert_num_queries(2):
            find_key(text, now=now)
        with django_assert_num_queries(1):
            find_key(text, now=now + timedelta(seconds=59))
        find_key(text, now=now + timedelta(seconds=60))
        row.refresh_from_db()
        assert row.last_used_at == now + timedelta(seconds=60)

    def test_scopes_narrow_the_role_and_end_with_the_key(self, cast):
        row, text = make_key(cast.olivia, scopes=("contact.view",))
        found = authenticate_api_key(text, host="localhost")
        with tenant_context(ACME):
            scope = Context(ACME, found.actor).scope
            assert scope.allows("contact.view")
            assert not scope.allows("contact.edit")
            ApiKey.objects.filter(pk=row.pk).update(revoked_at=timezone.now())
            with pytest.raises(Unauthenticated):
                _ = Context(ACME, found.actor).scope


class TestSessions:
    def test_the_bare_host_takes_the_tenant_from_the_session(self, cast):
        browser = log_in(cast.alice)
        came = visit(host="localhost", session=browser.session)
        assert came.context is not None
        assert (came.schema, came.context.actor.id) == (ACME, cast.alice.member_id)
        with tenant_context(ACME):
            assert came.context.scope.allows("contact.view")

    def test_another_tenant_s_host_is_not_found(self, cast):
        came = visit(host="globex.localhost", session=log_in(cast.alice).session)
        assert came.context is None
        assert isinstance(came.refusal, NotFound)
        assert came.schema == "public"

    def test_nobody_is_unauthenticated(self, cast):
        came = visit(host="acme.localhost", session=Client().session)
        assert isinstance(came.refusal, Unauthenticated)

    def test_a_suspended_tenant_is_forbidden(self, cast, acme_tenant):
        browser = log_in(cast.alice)
        Tenant.objects.filter(pk=acme_tenant.pk).update(state="suspended")
        for host in ("localhost", "acme.localhost"):
            assert isinstance(visit(host=host, session=browser.session).refusal, Forbidden | NotFound)

    def test_a_changed_password_ends_the_session(self, cast):
        browser = log_in(cast.alice)
        user = User.objects.get(pk=cast.alice.user_id)
        user.set_password("something else entirely")
        user.save()
        assert isinstance(visit(host="localhost", session=browser.session).refusal, Unauthenticated)

    def test_a_revoked_device_ends_open_scopes(self, cast):
        came = visit(host="localhost", session=log_in(cast.alice).session)
        revoke_devices(Device.objects.filter(user_id=cast.alice.user_id), timezone.now())
        with tenant_context(ACME), pytest.raises(Unauthenticated):
            _ = came.context.scope

    def test_a_removed_member_lands_in_another_of_their_tenants(self, cast, acme_tenant):
        alice = User.objects.get(pk=cast.alice.user_id)
        browser = log_in(cast.alice)
        TenantUser.objects.filter(user=alice).update(is_active=False)
        assert isinstance(visit(host="localhost", session=browser.session).refusal, NotFound)
        globex = Tenant.objects.get(schema_name=GLOBEX)
        TenantUser.objects.create(tenant=globex, user=alice, member_id=cast.charlie.member_id)
        assert visit(host="localhost", session=browser.session).schema == GLOBEX

    def test_a_suspended_tenant_s_member_lands_in_another_of_their_tenants(self, cast, acme_tenant):
        browser = log_in(cast.alice)
        globex = Tenant.objects.get(schema_name=GLOBEX)
        TenantUser.objects.create(tenant=globex, user_id=cast.alice.user_id, member_id=cast.charlie.member_id)
        Tenant.objects.filter(pk=acme_tenant.pk).update(state="suspended")
        assert visit(host="localhost", session=browser.session).schema == GLOBEX

    def test_a_session_s_made_up_tenant_is_not_believed(self, cast):
        browser = log_in(cast.alice)
        session = browser.session
        session["tenant_id"] = Tenant.objects.get(schema_name=GLOBEX).pk
        assert visit(host="localhost", session=session).schema == ACME

    def test_a_server_behind_a_socket_file_knows_no_address(self, cast):
        browser = Client(SERVER_NAME="localhost", REMOTE_ADDR="")
        browser.post("/login/", {"login": cast.alice.email, "password": PASSWORD}, REMOTE_ADDR="127.0.0.9")
        assert Device.objects.get(user_id=cast.alice.user_id).address == "127.0.0.9"
        request = RequestFactory().get("/", REMOTE_ADDR="unix:")
        request.session = Client().session
        assert start_device(request, User.objects.get(pk=cast.alice.user_id)).address is None


class TestSockets:
    def test_by_session(self, cast):
        browser = log_in(cast.alice)
        ctx = resolve_socket(socket_scope("localhost:8000", browser))
        assert (ctx.schema, ctx.actor.id) == (ACME, cast.alice.member_id)

    def test_by_key_in_the_header_or_sent(self, cast):
        _, text = make_key(cast.bob)
        for ctx in (
            resolve_socket(socket_scope("localhost", key=text)),
            resolve_socket(socket_scope("localhost"), key=text),
        ):
            assert ctx.actor.id == cast.bob.member_id

    def test_nobody(self, cast):
        with pytest.raises(Unauthenticated):
            resolve_socket(socket_scope("localhost"))
        with pytest.raises(NotFound):
            resolve_socket(socket_scope("nobody.localhost"))
        with pytest.raises(NotFound):
            resolve_socket(socket_scope("globex.localhost", log_in(cast.alice)))
        bad = socket_scope("localhost")
        bad["headers"].append((b"cookie", b"sessionid=\xff; =;;"))
        with pytest.raises(Unauthenticated):
            resolve_socket(bad)

    def test_a_deactivated_member(self, cast):
        browser = log_in(cast.alice)
        with tenant_context(ACME):
            Member.objects.filter(pk=cast.alice.member_id).update(is_active=False)
        with pytest.raises(Unauthenticated):
            resolve_socket(socket_scope("localhost", browser))


def test_emails_are_one_whatever_their_capitals(cast):
    with pytest.raises(IntegrityError):
        get_user_model().objects.create(email="Alice@acme.test")
