"""Keys, scopes, tenants: who gets in, and to what."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import ApiKey, Tenant
from accounts.roles.models import Member
from accounts.tenancy import public_context, tenant_context
from tests.api.conftest import ApiClient, MakeClient
from tests.cast import ACME, Cast


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer x", "Bearer crm_a_b", "Bearer crm_\x80_b", "crm_a_b"],
)
def test_without_a_key_that_works_nobody_gets_in(db: None, header: str) -> None:
    answer = ApiClient("").get("/contacts", Authorization=header)
    answer.refused(401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_changed_secret_does_not_work(olivia: ApiClient) -> None:
    assert olivia.row is not None
    ApiClient(olivia.key[:-1] + ("a" if olivia.key[-1] != "a" else "b")).get("/me").refused(
        401, "unauthenticated"
    )
    ApiClient(f"crm_{olivia.row.prefix}_").get("/me").refused(401, "unauthenticated")


def test_a_revoked_key_stops_working(olivia: ApiClient) -> None:
    assert olivia.row is not None
    assert olivia.delete(f"/api-keys/{olivia.row.pk}").status == 200
    olivia.get("/contacts").refused(401, "unauthenticated")


def test_an_expired_key_stops_working(cast: Cast, client_of: MakeClient) -> None:
    client = client_of(cast.olivia, expires_at=timezone.now() - timedelta(seconds=1))
    client.get("/contacts").refused(401, "unauthenticated")


def test_a_key_bound_to_addresses(cast: Cast, client_of: MakeClient) -> None:
    assert client_of(cast.olivia, allowed_addresses=["127.0.0.1"]).get("/me").status == 200
    client_of(cast.olivia, allowed_addresses=["192.0.2.1"]).get("/me").refused(401, "unauthenticated")


def test_a_deactivated_members_key_stops_working(cast: Cast, alice: ApiClient) -> None:
    with tenant_context(ACME):
        Member.objects.filter(pk=cast.alice.member_id).update(is_active=False)
    alice.get("/contacts").refused(401, "unauthenticated")


def test_a_suspended_tenants_keys_stop_working(olivia: ApiClient) -> None:
    with public_context():
        Tenant.objects.filter(schema_name=ACME).update(state=Tenant.State.SUSPENDED)
    assert olivia.get("/contacts").status in {401, 403, 404}


def test_a_key_works_on_its_tenants_host_and_no_other(olivia: ApiClient) -> None:
    assert olivia.get("/me", host="acme.localhost").status == 200
    olivia.get("/me", host="globex.localhost").refused(404, "not_found")
    olivia.get("/me", host="nobody.localhost").refused(404, "not_found")


def test_scopes_narrow_what_the_member_may_do(cast: Cast, client_of: MakeClient) -> None:
    reading = client_of(cast.olivia, scopes=("read",))
    assert reading.get("/contacts").status == 200
    reading.post("/contacts", {"first_name": "Ada"}).refused(403, "forbidden")
    narrow = client_of(cast.olivia, scopes=("contact.view",))
    assert narrow.get("/contacts").status == 200
    narrow.get("/deals").refused(403, "forbidden")
    client_of(cast.olivia, scopes=()).get("/contacts").refused(403, "forbidden")


def test_a_scope_gives_nothing_that_the_role_does_not(cast: Cast, client_of: MakeClient) -> None:
    client_of(cast.vera, scopes=("write", "contact.create")).post("/contacts", {"first_name": "A"}).refused(
        403, "forbidden"
    )


def test_what_a_key_may_not_see_is_not_there(olivia: ApiClient, alice: ApiClient, charlie: ApiClient) -> None:
    contact = olivia.post("/contacts", {"first_name": "Ada"}).data
    path = f"/contacts/{contact['id']}"
    assert olivia.get(path).status == 200
    for stranger in (alice, charlie):
        stranger.get(path).refused(404, "not_found")
        stranger.patch(path, {"first_name": "Eva"}).refused(404, "not_found")
        stranger.delete(path).refused(404, "not_found")
        assert stranger.get("/contacts").data == []


def test_another_tenants_ids_are_not_there(olivia: ApiClient, charlie: ApiClient, cast: Cast) -> None:
    company = olivia.post("/companies", {"name": "Initech"}).data
    charlie.get(f"/companies/{company['id']}").refused(404, "not_found")
    charlie.post("/contacts", {"first_name": "A", "company_id": company["id"]}).refused(422, "invalid_input")
    highest = max(person.member_id for person in cast.acme)
    charlie.get(f"/members/{highest}").refused(404, "not_found")
    assert olivia.row is not None
    charlie.delete(f"/api-keys/{olivia.row.pk}").refused(404, "not_found")


def test_an_idempotency_key_is_one_members_own(olivia: ApiClient, alice: ApiClient) -> None:
    mine = olivia.post("/contacts", {"first_name": "Ada"}, Idempotency_Key="k").data
    theirs = alice.post("/contacts", {"first_name": "Ada"}, Idempotency_Key="k").data
    assert mine["id"] != theirs["id"]


def test_the_last_use_is_noted_at_most_once_a_minute(olivia: ApiClient) -> None:
    def last_used():
        with public_context():
            return ApiKey.objects.get(pk=olivia.row.pk).last_used_at

    assert last_used() is None
    olivia.get("/me")
    first = last_used()
    olivia.get("/me")
    assert first is not None
    assert last_used() == first
