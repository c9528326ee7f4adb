"""A firm's trial from the sign-up to the lock and out of it, in days that go by at once."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from accounts.actor import system_context
from accounts.billing.models import PaymentEvent, Subscription
from accounts.models import OutgoingEmail, Tenant, User
from accounts.sign_up import Person, sign_up
from accounts.tenancy import tenant_context
from realtime.functions import InvalidInput
from realtime.functions.call import call
from realtime.functions.models import AuditEntry
from tests.accounts.billing.conftest import Pay, pass_days, state, subjects
from tests.cast import ACME
from workflows.drain import drain
from workflows.runs.models import Run, StepRun

pytestmark = pytest.mark.django_db
WELCOME, HELP = "Welcome, Acme", "Can we help Acme to get going?"
ENDS_SOON, GRACE = "The trial of Acme ends soon", "Acme: choose a plan to go on"
LOCKED, THANKS = "Acme is locked", "Acme is open: thank you"


def system(name: str, **args: Any) -> Any:
    return call(f"billing.{name}", system_context(ACME), args)


def the_run() -> Run:
    return Run.objects.filter(workflow="trial").latest("pk")


def paid(number: int = 1, **values: Any) -> dict[str, Any]:
    """A payment in the plain form."""
    return {
        "id": f"evt_{number}",
        "type": "payment.succeeded",
        "timestamp": f"2026-11-22T10:00:{number:02}+00:00",
        "data": {"tenant": "acme", "plan": "team", "seats": 12, **values},
    }


def test_a_trial_goes_its_way_to_the_lock(trial: Subscription, settings: Any) -> None:
    settings.TRIAL_FACTS = ""  # as if Acme's members were not there: nobody has begun to work
    came: dict[str, int] = {}
    states = {0: state()}
    for day in range(26):
        for subject in subjects():
            came.setdefault(subject, day)
        states[day] = state()
        pass_days(1)
    assert list(came) == [WELCOME, HELP, ENDS_SOON, GRACE, LOCKED]
    assert came[WELCOME] == 0
    assert 3 <= came[HELP] <= 6  # a weekend may lie before it
    assert 12 <= came[ENDS_SOON] <= 15
    assert [states[day] for day in (0, 14, 15, 16, 21, 23, 25)] in (
        ["trialing", "trialing", "past_due", "past_due", "past_due", "locked", "locked"],
        ["trialing", "trialing", "trialing", "past_due", "past_due", "locked", "locked"],
        ["trialing", "trialing", "past_due", "past_due", "past_due", "past_due", "locked"],
    )
    assert the_run().status == "waiting"
    assert len(subjects()) == 5  # each once


def test_who_has_begun_to_work_is_not_asked(trial: Subscription) -> None:
    """Acme's owner has colleagues."""
    for _day in range(7):
        pass_days(1)
    assert HELP not in subjects()
    assert "check_in" in Subscription.objects.get().told


@pytest.mark.parametrize("days", [0, 10, 18, 27])
def test_a_payment_at_any_moment_opens(trial: Subscription, pay: Pay, days: int) -> None:
    pass_days(days / 2)
    pass_days(days / 2)
    before = state()
    assert pay("standard", paid()).json() == {"data": {"outcome": "applied"}}
    assert state() == "active"  # with the payment, not with the run's next turn
    drain()
    assert (the_run().status, subjects()[-1]) == ("completed", THANKS)
    found = Subscription.objects.get()
    assert (found.plan.key if found.plan else "", found.seats, found.grace_ends_at) == ("team", 12, None)
    changes = AuditEntry.objects.filter(function="billing.take_payment", object="subscription").get().changes
    assert changes["state"] == [before, "active"]
    pass_days(30)
    assert state() == "active"


def test_a_payment_just_before_the_timer_and_just_after(trial: Subscription, pay: Pay) -> None:
    """The timer's turn finds the payment, whichever of them came first."""
    for _ in range(16):
        pass_days(1)
    assert state() == "past_due"
    wanted = call("billing.get_next_action", system_context(ACME), {})
    late = {"action": "lock", "at": Subscription.objects.get().grace_ends_at}
    pay("standard", paid())
    # The lock's step, as a worker that had read the state before the payment would do it.
    assert system("take_trial_step", **late)["state"] == "active"
    assert wanted["action"] in ("tell_grace", "lock")
    drain()
    assert (state(), the_run().status) == ("active", "completed")
    assert LOCKED not in subjects()


def test_a_longer_trial_moves_the_timers(trial: Subscription) -> None:
    pass_days(5)
    before = Subscription.objects.get().trial_ends_at
    system("extend_trial", days=10)
    drain()
    found = Subscription.objects.get()
    assert before is not None
    assert found.trial_ends_at is not None
    assert timedelta(days=9) < found.trial_ends_at - before < timedelta(days=11)
    for _ in range(13):  # day 18, past the first end
        pass_days(1)
    assert state() == "trialing"
    for _ in range(9):
        pass_days(1)
    assert state() == "past_due"
    system("extend_trial", days=3)
    drain()
    assert state() == "trialing"


def test_a_trial_until_a_day_ends_with_it(trial: Subscription) -> None:
    today = system_context(ACME).now.astimezone(ZoneInfo(trial.tenant.time_zone)).date()
    for ahead in (0, 40):
        last_day = today + timedelta(days=ahead)
        until = system("extend_trial", last_day=last_day)["trial_ends_at"]
        assert (until - timedelta(seconds=1)).astimezone(ZoneInfo(trial.tenant.time_zone)).date() == last_day
    drain()
    for args in ({}, {"days": 3, "last_day": today}, {"last_day": today - timedelta(days=1)}):
        with pytest.raises(InvalidInput):
            system("extend_trial", **args)


def test_locked_and_unlocked_by_the_operator(trial: Subscription) -> None:
    system("lock_tenant")
    drain()
    assert state() == "locked"
    assert the_run().status == "waiting"
    system("unlock_tenant", plan="starter", seats=5)
    drain()
    assert (state(), Tenant.objects.get(schema_name=ACME).plan) == ("active", "starter")
    assert the_run().status == "completed"


def test_a_payment_that_fails_begins_a_grace(trial: Subscription, pay: Pay) -> None:
    pay("standard", paid())
    drain()
    failed = {**paid(2), "type": "payment.failed"}
    assert pay("standard", failed).json()["data"]["outcome"] == "applied"
    drain()
    assert state() == "past_due"
    for _ in range(9):
        pass_days(1)
    assert (state(), the_run().status) == ("locked", "waiting")
    assert subjects().count(GRACE) == 1
    pay("standard", paid(3))
    assert state() == "active"


def test_sign_up_begins_the_trial_in_the_same_transaction(db: None, settings: Any) -> None:
    person = Person("Nina", "nina@example.org", "correct horse battery")
    with transaction.atomic():
        sign_up(person, firm="Nine", slug="nine")
        transaction.set_rollback(True)
    assert not Tenant.objects.filter(slug="nine").exists()
    made = sign_up(person, firm="Neun", slug="neun", locale="de", time_zone="Europe/Berlin")
    User.objects.filter(email=person.email).update(locale="de")
    assert made.tenant.standing == "trialing"
    drain()
    with tenant_context(made.tenant.schema_name):
        assert sorted(Run.objects.values_list("workflow", flat=True)) == ["member_onboarding", "trial"]
    assert OutgoingEmail.objects.get(recipient=person.email).tenant_id == made.tenant.pk
    settings.TRIAL_DAYS = 0
    free = sign_up(User.objects.get(email=person.email), firm="Ten", slug="ten")
    assert (free.tenant.standing, Subscription.objects.filter(tenant=free.tenant).exists()) == (
        "active",
        False,
    )


def test_the_journal_stays_short(trial: Subscription, pay: Pay) -> None:
    pass_days(20)
    pass_days(20)
    pay("standard", paid())
    drain()
    assert StepRun.objects.filter(run=the_run()).count() < 40
    assert PaymentEvent.objects.count() == 1
