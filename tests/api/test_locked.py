"""What programs hear of a workspace that has not paid: 402, except where it can be mended."""

import pytest

from accounts.models import Tenant
from tests.api.conftest import ApiClient
from tests.cast import ACME


@pytest.mark.parametrize("state", ["locked", "cancelled"])
def test_402_with_a_code(olivia: ApiClient, state: str) -> None:
    Tenant.objects.filter(schema_name=ACME).update(standing=state)
    for answer in (
        olivia.get("/contacts"),
        olivia.post("/contacts", {"first_name": "Ada"}),
        olivia.get("/changes"),
        olivia.get("/contacts/1"),
    ):
        assert "Settings > Billing" in answer.refused(402, "payment_required")["detail"]
    assert olivia.get("/billing").data["state"] == state
    assert olivia.get("/tenant").data["slug"] == "acme"


@pytest.mark.parametrize("state", ["trialing", "past_due", "active"])
def test_everything_else_works(olivia: ApiClient, state: str) -> None:
    Tenant.objects.filter(schema_name=ACME).update(standing=state)
    assert olivia.post("/contacts", {"first_name": "Ada"}).status == 201
    found = olivia.get("/billing").data
    assert (found["state"], found["used_seats"], found["seats"], found["plan"]) == (state, 6, None, None)


def test_what_comes_in_is_taken_in_during_grace_and_refused_when_locked(olivia: ApiClient) -> None:
    body = {"name": "Lead", "trigger": {"kind": "webhook"}}
    made = olivia.post("/automations", {"name": body["name"]}).data
    assert made["id"]
    number = Tenant.objects.get(schema_name=ACME).pk
    statuses = []
    for state in ("past_due", "locked"):
        Tenant.objects.filter(schema_name=ACME).update(standing=state)
        statuses.append(olivia.post(f"/hooks/in/{number}-nothing", {"email": "ada@example.org"}).status)
        form = olivia.post(f"/forms/{number}-nothing", {"email": "ada@example.org"})
        assert form.status == 404
    assert statuses == [404, 402]  # in grace the address itself is looked for
