"""When what happens, by the calendar of the firm."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.billing.dates import days_left, midnight_after
from accounts.billing.models import Subscription
from accounts.billing.plan import next_action
from accounts.models import Tenant

#: A Thursday afternoon in Berlin; the trial's last day is Thursday, 19 November.
SIGNED_UP = datetime(2026, 11, 5, 15, tzinfo=UTC)
ENDS = datetime(2026, 11, 19, 23, tzinfo=UTC)


def subscription(**values: object) -> Subscription:
    given = {
        "started_at": SIGNED_UP,
        "since": SIGNED_UP,
        "trial_ends_at": ENDS,
        "told": ["welcome"],
        **values,
    }
    return Subscription(tenant=Tenant(time_zone="Europe/Berlin"), **given)


def test_a_trial_ends_at_midnight_where_the_firm_is() -> None:
    assert midnight_after(SIGNED_UP, 14, "Europe/Berlin") == ENDS
    assert midnight_after(datetime(2026, 10, 24, 12, tzinfo=UTC), 1, "Europe/Berlin") == datetime(
        2026, 10, 25, 23, tzinfo=UTC
    )  # the night of 25 hours
    assert [days_left(ENDS, ENDS + timedelta(hours=h), "Europe/Berlin") for h in (-25, -1, 1)] == [1, 0, -1]


def test_emails_wait_for_business_hours_there() -> None:
    """Three days after a Thursday is a Sunday: the check-in comes on Monday at nine in Berlin."""
    assert next_action(subscription()) == {
        "action": "check_in",
        "at": datetime(2026, 11, 9, 8, tzinfo=UTC),
        "is_over": False,
    }


@pytest.mark.parametrize(
    ("state", "told", "action", "at"),
    [
        ("trialing", [], "welcome", SIGNED_UP),
        # 17 November begins at 23:00 UTC; its business hours at 8:00 UTC.
        ("trialing", ["welcome", "check_in"], "remind", datetime(2026, 11, 17, 8, tzinfo=UTC)),
        ("trialing", ["welcome", "check_in", "remind"], "expire", ENDS),
        ("past_due", [], "tell_grace", datetime(2026, 11, 20, 8, tzinfo=UTC)),
        ("past_due", ["tell_grace"], "lock", ENDS + timedelta(days=7)),
        ("locked", [], "tell_locked", datetime(2026, 11, 20, 8, tzinfo=UTC)),
        ("locked", ["tell_locked"], None, None),
        ("active", [], "thank", ENDS),
        ("active", ["thank"], None, None),
    ],
)
def test_one_thing_after_the_other(
    state: str, told: list[str], action: str | None, at: datetime | None
) -> None:
    since = SIGNED_UP if state == "trialing" else ENDS
    found = next_action(
        subscription(state=state, told=told, since=since, grace_ends_at=ENDS + timedelta(days=7))
    )
    assert found == {"action": action, "at": at, "is_over": state == "active" and action is None}
