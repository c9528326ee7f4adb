"""The pages of a workspace that has not paid, and what its last days say."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.actor import system_context
from accounts.billing.models import Plan, Subscription
from accounts.models import Tenant
from accounts.tenancy import public_context, tenant_context
from realtime.functions import Conflict
from realtime.functions.call import call
from tests.cast import ACME, Cast
from tests.crm.web.conftest import Browse

pytestmark = pytest.mark.django_db


def stand(state: str, *, days: float = 3) -> Tenant:
    """Acme stands like this, for so many days more."""
    until = timezone.now() + timedelta(days=days)
    with public_context():
        tenant = Tenant.objects.get(schema_name=ACME)
        times = {"trial_ends_at": until, "grace_ends_at": until}
        plan = Plan.objects.get(key="team")
        Subscription.objects.update_or_create(
            tenant=tenant, defaults={"state": state, "plan": plan, "seats": 10, **times}
        )
        Tenant.objects.filter(pk=tenant.pk).update(standing=state, seats=10, plan="team", **times)
    return tenant


def text_of(client: Any, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return str(answer.content.decode())


@pytest.mark.parametrize("state", ["locked", "cancelled"])
def test_a_locked_workspace(browse: Browse, cast: Cast, state: str) -> None:
    stand(state)
    olivia, adam = browse(cast.olivia), browse(cast.adam)
    for path in ("/", "/contacts/", "/settings/team/", "/settings/profile/", "/nothing-/"):
        if path == "/nothing-/":
            continue
        assert "Choose a plan" in text_of(olivia, path, 402), path
    assert "Ask your workspace" in text_of(adam, "/contacts/", 402)
    assert "Choose a plan" not in text_of(adam, "/deals/", 402)
    page = text_of(olivia, "/settings/billing/")
    assert "This workspace is locked" in page
    assert "locked-notice" not in page
    assert "Log out" in text_of(olivia, "/", 402)
    answer = olivia.post("/contacts/new/", {"first_name": "Ada"}, headers={"x-enhance": "region"})
    assert (answer.status_code, "locked" in answer.content.decode()) == (402, True)


def test_the_admin_site_is_locked_too(browse: Browse, cast: Cast) -> None:
    stand("locked")
    assert browse(cast.olivia).get("/admin/contacts/contact/").status_code in (302, 403, 404)


@pytest.mark.parametrize(
    ("state", "days", "said"),
    [
        ("active", 3, ""),
        ("trialing", 9, ""),
        ("trialing", 3, "Your trial ends in 3 days."),
        ("past_due", 2, "The trial has ended. Everything works until"),
    ],
)
def test_what_every_page_says(browse: Browse, cast: Cast, state: str, days: float, said: str) -> None:
    stand(state, days=days)
    page = text_of(browse(cast.alice), "/contacts/")
    assert said in page
    assert ('class="standing' in page) is bool(said)
    assert "locked-notice" not in page


def test_billing_page_and_choosing_a_plan(browse: Browse, cast: Cast, settings: Any) -> None:
    stand("trialing", days=9)
    olivia = browse(cast.olivia)
    page = text_of(olivia, "/settings/billing/")
    assert "6 of 10 taken" in page
    assert "No payment provider is set up" in page
    assert "/settings/billing/team/" not in page
    settings.PAYMENT_CHECKOUT_URL = "https://pay.example.com/{plan}?for={tenant}&n={seats}&email={email}"
    assert "/settings/billing/team/" in text_of(olivia, "/settings/billing/")
    assert 'value="6"' in text_of(olivia, "/settings/billing/team/")
    refused = olivia.post("/settings/billing/team/", {"seats": "3"})
    assert (refused.status_code, "6 seats are taken" in refused.content.decode()) == (422, True)
    assert olivia.post("/settings/billing/starter/", {"seats": "6"}).status_code == 422
    sent = olivia.post("/settings/billing/team/", {"seats": "7"})
    assert sent["Location"] == "https://pay.example.com/team?for=acme&n=7&email=olivia%40acme.test"
    with public_context():
        assert Subscription.objects.get(tenant__schema_name=ACME).chosen_seats == 7
    assert olivia.get("/settings/billing/gold/").status_code == 404


def test_seats_limit_invitations_and_coming_back(browse: Browse, cast: Cast) -> None:
    tenant = stand("active")
    with public_context():
        Tenant.objects.filter(pk=tenant.pk).update(seats=7)
    roles = {}
    with tenant_context(ACME):
        for row in call("roles.list_role_choices", cast.olivia.context()):
            roles[row["name"]] = row["id"]
    olivia = browse(cast.olivia)
    form = {"role_id": roles["Agent"]}
    assert olivia.post("/settings/team/invite/", {"email": "a@example.org", **form}).status_code == 303
    full = olivia.post("/settings/team/invite/", {"email": "b@example.org", **form})
    assert (full.status_code, "All 7 seats are taken" in full.content.decode()) == (422, True)
    with tenant_context(ACME):
        call("roles.deactivate_member", cast.olivia.context(), {"member_id": cast.vera.member_id})
    assert olivia.post("/settings/team/invite/", {"email": "b@example.org", **form}).status_code == 303
    with tenant_context(ACME), pytest.raises(Conflict, match="seats are taken"):
        call("roles.reactivate_member", cast.olivia.context(), {"member_id": cast.vera.member_id})
    cache.clear()


def test_everything_comes_back(browse: Browse, cast: Cast) -> None:
    stand("locked")
    olivia = browse(cast.olivia)
    text_of(olivia, "/contacts/", 402)
    with tenant_context(ACME):
        call("billing.unlock_tenant", system_context(ACME), {})
    assert "locked-notice" not in text_of(olivia, "/contacts/")
