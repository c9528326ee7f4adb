"""The operator site: staff only, the public schema only."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.api_keys import create_api_key
from accounts.models import ApiKey, Device, Tenant, User
from tests.cast import ACME, Cast

pytestmark = pytest.mark.django_db

LISTS = ["tenant", "user", "domain", "tenantuser", "apikey", "outgoingemail"]


@pytest.fixture
def staff(cast: Cast) -> Client:
    """Olivia, who is staff besides owning Acme: her session is in a tenant."""
    User.objects.filter(pk=cast.olivia.user_id).update(is_staff=True)
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(User.objects.get(pk=cast.olivia.user_id))
    return browser


@pytest.mark.parametrize("path", ["", *(f"accounts/{name}/" for name in LISTS), "workflows/due/"])
def test_staff_sees_public_rows_and_no_tenant_s(staff, path):
    with CaptureQueriesContext(connection) as queries:
        answer = staff.get(f"/operator/{path}")
    assert answer.status_code == 200
    assert not [query for query in queries if "SET search_path" in query["sql"] and ACME in query["sql"]][1:]


@pytest.mark.parametrize(
    "query",
    [
        "outgoingemail/?text__contains=password/reset/key/1-a",
        "user/?password__startswith=argon2",
        "apikey/?hash__startswith=a",
        "tenantuser/?user__password__startswith=argon2",
    ],
)
def test_what_is_not_shown_can_t_be_asked_for_either(staff, query):
    """Django's lists take any column as a filter: secrets could be found out letter by letter."""
    assert staff.get(f"/operator/accounts/{query}").status_code == 400
    assert staff.get("/operator/accounts/tenant/?state__exact=active").status_code == 200


def test_others_find_nothing(cast: Cast):
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(User.objects.get(pk=cast.charlie.user_id))
    assert browser.get("/operator/", follow=True).status_code == 404
    assert (
        Client(SERVER_NAME="localhost")
        .get("/operator/", follow=True)
        .redirect_chain[-1][0]
        .startswith("/login/")
    )


def test_a_suspended_tenant_is_closed_and_comes_back(staff, cast: Cast):
    tenant = Tenant.objects.get(schema_name="t_globex")
    form = {"action": "suspend", "_selected_action": [tenant.pk]}
    assert staff.post("/operator/accounts/tenant/", form, follow=True).status_code == 200
    tenant.refresh_from_db()
    assert tenant.state == "suspended"
    staff.post("/operator/accounts/tenant/", form | {"action": "reactivate"})
    tenant.refresh_from_db()
    assert tenant.state == "active"


def test_a_closed_account_is_out_everywhere(staff, cast: Cast):
    alice = User.objects.get(pk=cast.alice.user_id)
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(alice)
    tenant = Tenant.objects.get(schema_name=ACME)
    keys = {
        person.member_id: create_api_key(
            tenant_id=tenant.pk, member_id=person.member_id, name="Test", scopes=["read"]
        )[0]
        for person in (cast.alice, cast.bob)
    }
    staff.post("/operator/accounts/user/", {"action": "close", "_selected_action": [alice.pk]})
    assert not Device.objects.filter(user=alice, revoked_at=None).exists()
    alice.refresh_from_db()
    assert not alice.is_active
    assert browser.get("/contacts/").status_code == 302
    still = ApiKey.objects.filter(pk__in=[key.pk for key in keys.values()], revoked_at=None)
    assert [key.member_id for key in still] == [cast.bob.member_id]


def test_secrets_are_not_shown(staff, cast: Cast):
    tenant = Tenant.objects.get(schema_name=ACME)
    key = ApiKey.objects.create(tenant=tenant, member_id=1, name="Test", prefix="abc", hash="deadbeef" * 8)
    page = staff.get(f"/operator/accounts/apikey/{key.pk}/change/").content.decode()
    assert "abc" in page
    assert key.hash not in page
    page = staff.get(f"/operator/accounts/user/{cast.alice.user_id}/change/").content.decode()
    assert cast.alice.email in page
    assert "argon2" not in page
