"""What happens next to a subscription, and when: a function of its row alone.

The trial's run asks it after each wait, and asks again, under the subscription's lock, before it acts. So a payment
or a longer trial that comes just before a timer, or with it, finds the action gone: the timer's own decision is never
what counts.
"""

from datetime import datetime, timedelta

from accounts.billing.dates import in_hours
from accounts.billing.models import Subscription
from accounts.billing.schemas import NextAction, TrialAction
from accounts.models import Tenant

#: After the sign-up; before the trial's end.
CHECK_IN_AFTER, REMIND_BEFORE = timedelta(days=3), timedelta(days=3)
Candidate = tuple[datetime, TrialAction]


def next_action(subscription: Subscription) -> NextAction:
    """The earliest thing to do."""
    state = Tenant.Standing(subscription.state)
    found = [one for one in _candidates(subscription, state) if one[1] not in subscription.told]
    at, action = min(found, default=(None, None))
    return {"action": action, "at": at, "is_over": action is None and state is Tenant.Standing.ACTIVE}


def _candidates(subscription: Subscription, state: Tenant.Standing) -> list[Candidate]:
    if state is Tenant.Standing.TRIALING:
        return _of_trial(subscription)
    if state is Tenant.Standing.ACTIVE:
        return [(subscription.since, "thank")]
    zone = subscription.tenant.time_zone
    if state is Tenant.Standing.PAST_DUE:
        assert subscription.grace_ends_at is not None
        told_at = in_hours(subscription.since, zone, subscription.grace_ends_at)
        return [(told_at, "tell_grace"), (subscription.grace_ends_at, "lock")]
    return [(in_hours(subscription.since, zone), "tell_locked")]


def _of_trial(subscription: Subscription) -> list[Candidate]:
    zone, ends_at = subscription.tenant.time_zone, subscription.trial_ends_at
    assert ends_at is not None
    found: list[Candidate] = [(subscription.started_at, "welcome"), (ends_at, "expire")]
    remind_at = in_hours(ends_at - REMIND_BEFORE, zone, ends_at)
    check_in_at = in_hours(subscription.started_at + CHECK_IN_AFTER, zone)
    if remind_at > subscription.started_at:
        found.append((remind_at, "remind"))
    if check_in_at < remind_at:
        found.append((check_in_at, "check_in"))
    return found
