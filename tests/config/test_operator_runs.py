"""The operator's page over all tenants' runs, and billing on the operator site."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.billing.changing import begin_trial
from accounts.billing.models import Plan, Subscription
from accounts.models import Tenant, User
from accounts.tenancy import public_context, tenant_context
from realtime.functions.models import AuditEntry
from tests.cast import ACME, GLOBEX, Cast
from workflows.drain import drain
from workflows.models import StuckRun
from workflows.runs.models import Run
from workflows.runs.upkeep import tend_tenant

pytestmark = pytest.mark.django_db
PAGE = "/operator/runs/"


@pytest.fixture
def staff(cast: Cast) -> Client:
    """Olivia, who is staff besides owning Acme."""
    User.objects.filter(pk=cast.olivia.user_id).update(is_staff=True)
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(User.objects.get(pk=cast.olivia.user_id))
    return browser


@pytest.fixture
def trials(cast: Cast) -> dict[str, int]:
    """Both tenants are on trial; their runs wait. The ids of the runs by schema."""
    found = {}
    for schema in (ACME, GLOBEX):
        with tenant_context(schema):
            begin_trial(Tenant.objects.get(schema_name=schema))
            found[schema] = Run.objects.get(workflow="trial").pk
    with public_context():
        drain()
    return found


def fail(schema: str, run_id: int, detail: str = "It broke.") -> None:
    """The run of a tenant fails, as the engine notes it."""
    from workflows import stuck

    with tenant_context(schema):
        Run.objects.filter(pk=run_id).update(status="failed", finished_at=timezone.now())
        stuck.follow(run_id, "trial", "running", "failed", detail)


def text_of(staff: Client, query: str = "") -> str:
    answer = staff.get(PAGE + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_waiting_runs_of_all_tenants(staff: Client, trials: dict[str, int]) -> None:
    page = text_of(staff, "?state=waiting")
    assert page.count("<strong>Trial</strong>") == 2
    assert ACME in page
    assert GLOBEX in page
    assert "No run is like that" in text_of(staff, "?state=waiting&workflow=member_onboarding")
    assert "No run is like that" in text_of(staff, "?state=working")
    assert text_of(staff, f"?state=waiting&tenant={ACME}").count("<strong>Trial</strong>") == 1
    assert "No run is like that" in text_of(staff, "?tenant=t_nobody")


def test_what_failed_comes_first_and_is_tried_again(staff: Client, trials: dict[str, int]) -> None:
    fail(GLOBEX, trials[GLOBEX], "The printer is on fire.")
    page = text_of(staff)
    assert "The printer is on fire." in page
    assert "Try again" in page
    assert f"tenant={ACME}" not in page
    form = {"tenant": GLOBEX, "run_id": trials[GLOBEX], "action": "retry", "back": f"{PAGE}?state=failed"}
    assert staff.post(PAGE, form)["Location"] == f"{PAGE}?state=failed"
    assert "The printer is on fire." not in text_of(staff)
    with tenant_context(GLOBEX):
        assert Run.objects.get(pk=trials[GLOBEX]).status == "running"
        entry = AuditEntry.objects.get(function="runs.retry_run")
    assert (entry.actor_kind, entry.credential.startswith("operator:")) == ("system", True)
    assert (
        staff.post(PAGE, {**form, "action": "cancel", "back": "https://elsewhere.example/"})["Location"]
        == PAGE
    )
    with tenant_context(GLOBEX):
        assert Run.objects.get(pk=trials[GLOBEX]).status == "cancelling"
    for wrong in ({"tenant": "t_nobody"}, {"run_id": "x"}, {"action": "drop"}, {"run_id": "999999"}):
        assert "There is no run" in staff.post(PAGE, {**form, **wrong}, follow=True).content.decode()


def test_pages_by_key_and_a_fixed_number_of_statements(staff: Client, trials: dict[str, int]) -> None:
    now = timezone.now()
    with tenant_context(ACME):
        runs = Run.objects.bulk_create(
            Run(workflow="trial", version=1, code_hash="", args={}, status="failed", note="")
            for _ in range(120)
        )
    StuckRun.objects.bulk_create(
        StuckRun(
            tenant=ACME, run_id=run.pk, workflow="trial", status="failed", at=now - timedelta(seconds=n // 2)
        )
        for n, run in enumerate(runs)
    )
    text_of(staff)  # what Django looks up once a process
    counts, seen, query = [], [], ""
    while query is not None:
        with CaptureQueriesContext(connection) as queries:
            page = text_of(staff, query)
        counts.append(len([one for one in queries if "SET search_path" not in one["sql"]]))
        seen += [line.split('value="')[1].split('"')[0] for line in page.split('name="run_id" ')[1:]]
        older = (
            page.split(">Further<")[0].rsplit('href="', 1)[1].split('"')[0] if ">Further<" in page else None
        )
        query = older.replace("&amp;", "&") if older else None  # type: ignore[assignment]  # None ends the loop
    assert sorted(map(int, seen)) == sorted(run.pk for run in runs)
    assert len(set(counts)) == 1
    assert counts[0] == 8  # session, user, device; rows; tenants; runs; two of the engine's health


def test_upkeep_drops_what_is_gone(staff: Client, trials: dict[str, int]) -> None:
    fail(GLOBEX, trials[GLOBEX])
    with tenant_context(GLOBEX):
        Run.objects.all().delete()
        tend_tenant(0)
    assert not StuckRun.objects.exists()


def test_only_for_staff(cast: Cast) -> None:
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(User.objects.get(pk=cast.charlie.user_id))
    assert browser.get(PAGE, follow=True).status_code == 404


@pytest.mark.parametrize("name", ["plan", "subscription", "invoice", "paymentevent"])
def test_lists_of_billing(staff: Client, trials: dict[str, int], name: str) -> None:
    assert staff.get(f"/operator/billing/{name}/").status_code == 200


def test_a_subscription_is_changed_by_mutations(staff: Client, trials: dict[str, int]) -> None:
    row = Subscription.objects.get(tenant__schema_name=GLOBEX)
    before = row.trial_ends_at
    form = {"_selected_action": [row.pk]}
    path = "/operator/billing/subscription/"
    found: list[Any] = []
    for action in ("extend", "lock", "unlock"):
        staff.post(path, {**form, "action": action})
        row.refresh_from_db()
        found.append(row.state)
        if action == "extend":
            assert before is not None
            assert row.trial_ends_at == before + timedelta(days=7)
    assert found == ["trialing", "locked", "active"]
    with tenant_context(GLOBEX):
        entries = AuditEntry.objects.filter(object="subscription", credential__startswith="operator:")
        names = entries.order_by("pk").values_list("function", flat=True)
        assert list(names) == ["billing.extend_trial", "billing.lock_tenant", "billing.unlock_tenant"]


def test_a_trial_is_lengthened_by_days_or_until_a_day(staff: Client, trials: dict[str, int]) -> None:
    row = Subscription.objects.get(tenant__schema_name=GLOBEX)
    before, path = row.trial_ends_at, "/operator/billing/subscription/"
    form = {"_selected_action": [row.pk], "action": "extend"}
    assert 'name="last_day"' in staff.get(path).content.decode()
    staff.post(path, {**form, "days": "3"})
    row.refresh_from_db()
    assert before is not None
    assert row.trial_ends_at == before + timedelta(days=3)
    until = (before + timedelta(days=90)).date()
    staff.post(path, {**form, "days": "3", "last_day": until.isoformat()})
    row.refresh_from_db()
    assert row.trial_ends_at is not None
    assert (row.trial_ends_at - before).days in (90, 91)
    ends_at = row.trial_ends_at
    staff.post(path, {**form, "days": "9000"}, follow=True)
    row.refresh_from_db()
    assert row.trial_ends_at == ends_at


def test_prices_are_data(staff: Client) -> None:
    plan = Plan.objects.get(key="team")
    form = {
        "key": "team", "name": "Team", "description": "", "price": "31.50", "currency": "EUR", "max_seats": "",
        "weight": "3", "is_offered": "on", "position": "10", "provider_price": "price_1", "checkout_url": "",
    }  # fmt: skip
    assert staff.post(f"/operator/billing/plan/{plan.pk}/change/", form).status_code == 302
    plan.refresh_from_db()
    assert (str(plan.price), plan.currency, plan.provider_price) == ("31.50", "EUR", "price_1")
    assert plan.weight == 3
