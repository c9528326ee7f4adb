"""POST /hooks/in/{token}: the address is the credential; wrong input, wrong addresses, another tenant, replay."""

from typing import Any

import pytest

from accounts.models import Tenant
from accounts.tenancy import public_context, tenant_context
from crm.automations.models import AutomationRun
from crm.contacts.models import Contact
from tests.api.conftest import ApiClient
from tests.cast import ACME

PERSON = {"first_name": "Ada", "email": "ada@engines.example", "phone": "+1 415 555 0123"}


@pytest.fixture
def nobody(db: None) -> ApiClient:
    """A program without a key."""
    return ApiClient("", None)


@pytest.fixture
def hook(olivia: ApiClient) -> str:
    """The path of a published automation that takes contacts in."""
    made = olivia.post("/automations", {"name": "Leads", "trigger": {"kind": "webhook"}}).data
    step = {"id": "a", "kind": "create_task", "title": "Greet {contact.first_name}"}
    assert olivia.post(f"/automations/{made['id']}/steps", {"step": step}).status == 201
    assert olivia.post(f"/automations/{made['id']}/publish").status == 200
    path: str = olivia.get(f"/automations/{made['id']}").data["webhook_path"]
    return path.removeprefix("/api/v1")


def took(nobody: ApiClient, path: str, body: Any = PERSON, **headers: str) -> Any:
    """What became of a contact that was sent."""
    answer = nobody.post(path, body, **headers)
    assert answer.status == 202, answer.body
    return answer.data


def test_a_contact_is_taken_in_and_the_automation_begins(nobody: ApiClient, hook: str) -> None:
    assert took(nobody, hook) == {"created": True, "started": True}
    with tenant_context(ACME):
        contact = Contact.objects.get(email=PERSON["email"])
        assert AutomationRun.objects.get().record_id == contact.pk


def test_who_is_known_is_not_made_twice(nobody: ApiClient, hook: str) -> None:
    took(nobody, hook)
    assert took(nobody, hook, {"email": "ADA@engines.example"})["created"] is False
    assert took(nobody, hook, {"phone": "+1 (415) 555-0123"})["created"] is False
    with tenant_context(ACME):
        assert Contact.objects.filter(email=PERSON["email"]).count() == 1
        assert AutomationRun.objects.count() == 1


def test_a_repeated_request_gets_the_first_answer(nobody: ApiClient, hook: str) -> None:
    first = took(nobody, hook, Idempotency_Key="lead-1")
    assert took(nobody, hook, Idempotency_Key="lead-1") == first
    nobody.post(hook, {"email": "b@engines.example"}, Idempotency_Key="lead-1").refused(409, "conflict")


@pytest.mark.parametrize(
    "body",
    [{}, {"first_name": "Ada"}, {"email": "no address"}, {"email": 7}, {"email": "a@b.example", "owner_id": 1},
     {"email": "a@b.example", "first_name": "x" * 9_999}, {"email": "a@b.example", "token": "1-x"}, [], None],
)  # fmt: skip
def test_wrong_values_are_named_and_nothing_is_written(nobody: ApiClient, hook: str, body: Any) -> None:
    nobody.post(hook, body).refused(422, "invalid_input")
    with tenant_context(ACME):
        assert not AutomationRun.objects.exists()


def test_addresses_that_lead_nowhere_are_alike(nobody: ApiClient, olivia: ApiClient, hook: str) -> None:
    number, _dash, secret = hook.rpartition("/")[2].partition("-")
    with public_context():
        other = Tenant.objects.exclude(schema_name=ACME).values_list("pk", flat=True)[0]
    for token in (f"{number}-wrong", f"{other}-{secret}", f"999999-{secret}", secret, "-", "9" * 30 + "-x"):
        nobody.post(f"/hooks/in/{token}", PERSON).refused(404, "not_found")
    automation = olivia.get("/automations").data[0]["id"]
    assert olivia.post(f"/automations/{automation}/pause").status == 200
    nobody.post(hook, PERSON).refused(404, "not_found")
    with tenant_context(ACME):
        assert not Contact.objects.filter(email=PERSON["email"]).exists()


def test_made_up_addresses_spend_nothing_of_the_tenant_s(
    nobody: ApiClient, olivia: ApiClient, hook: str, settings: Any
) -> None:
    """A tenant's number is no secret: who makes addresses up with it has to wait, and its keys go on."""
    settings.API_REQUESTS_PER_TENANT = 8
    settings.API_WRONG_KEYS_PER_ADDRESS = 3
    number = hook.rpartition("/")[2].partition("-")[0]
    answers = [nobody.post(f"/hooks/in/{number}-guess{n}", PERSON).status for n in range(6)]
    assert answers == [404, 404, 404, 429, 429, 429]
    assert olivia.get("/me").status == 200
    assert took(nobody, hook)["created"] is True
