"""Changing a subscription: by the firm's owner, by the trial's run, by the operator."""

from datetime import date, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.conf import settings

from accounts.billing.changing import change, lock_subscription
from accounts.billing.dates import midnight_after
from accounts.billing.models import Plan, Subscription
from accounts.billing.plan import next_action
from accounts.billing.schemas import CheckoutLink, Days, PlanKey, Seats, StandingRow, TrialAction
from accounts.billing.seats import used_seats
from accounts.billing.telling import tell_payers
from accounts.models import Tenant
from accounts.permissions import Permission
from accounts.roles.models import Member
from accounts.roles.policy import acting_member_id
from realtime.functions import Conflict, Context, Phrase, invalid, mutation

State = Tenant.Standing
#: So far ahead a trial may be lengthened.
MOST_DAYS = 366


@mutation(permission=Permission.BILLING_MANAGE)
def choose_plan(ctx: Context, *, plan: PlanKey, seats: Seats) -> CheckoutLink:
    """Choose a plan and its seats; returns the provider's page on which it is paid for.

    It counts once the provider says that it is paid. Conflict without a provider; InvalidInput for too few seats.
    """
    found = Plan.objects.filter(key=plan, is_offered=True).first()
    if found is None:
        raise invalid("plan", "There is no such plan.", "unknown_plan")
    _check_seats(ctx, found, seats)
    subscription = lock_subscription(ctx, wake=False)
    url = checkout_url(ctx, subscription, found, seats)
    change(ctx, subscription, chosen_plan=found, chosen_seats=seats)
    return {"url": url, "plan": found.key, "seats": seats}


def _check_seats(ctx: Context, plan: Plan, seats: int) -> None:
    if plan.max_seats is not None and seats > plan.max_seats:
        raise invalid(
            "seats", Phrase("%(plan)s has %(most)s seats at most.", plan=plan.name, most=plan.max_seats)
        )
    used = used_seats(ctx.now)
    if seats < used:
        raise invalid(
            "seats", Phrase("%(used)s seats are taken: choose at least as many.", used=used), "too_few_seats"
        )


def checkout_url(ctx: Context, subscription: Subscription, plan: Plan, seats: int) -> str:
    """Where to pay: whoever pays already changes that at the provider; Conflict without a provider."""
    if subscription.provider_subscription and settings.PAYMENT_PORTAL_URL:
        page = settings.PAYMENT_PORTAL_URL
    else:
        page = plan.checkout_url or settings.PAYMENT_CHECKOUT_URL
    if not page:
        raise Conflict("No payment provider is set up: ask whoever runs this deployment to open your plan.")
    email = Member.objects.values_list("email", flat=True).get(pk=acting_member_id(ctx))
    values = {"plan": plan.key, "seats": str(seats), "tenant": subscription.tenant.slug, "email": email}
    for name, value in values.items():
        page = page.replace(f"{{{name}}}", quote(value, safe=""))
    return page


@mutation(permission=Permission.SYSTEM)
def take_trial_step(ctx: Context, *, action: TrialAction, at: datetime, is_used: bool = False) -> StandingRow:
    """Do what is next, if it still is: a payment or a longer trial that came meanwhile has made it void.

    ``is_used``: somebody has begun to work, so the check-in needs no email.
    """
    subscription = lock_subscription(ctx, wake=False)
    wanted = next_action(subscription)
    if (wanted["action"], wanted["at"]) == (action, at):
        _act(ctx, subscription, action, is_used)
    return row_of(subscription)


def _act(ctx: Context, subscription: Subscription, action: TrialAction, is_used: bool) -> None:
    zone = subscription.tenant.time_zone
    if action == "expire":
        assert subscription.trial_ends_at is not None
        ends_at = midnight_after(subscription.trial_ends_at, settings.GRACE_DAYS - 1, zone)
        change(ctx, subscription, state=State.PAST_DUE, grace_ends_at=ends_at)
        return
    if action == "lock":
        change(ctx, subscription, state=State.LOCKED)
        return
    # An email that an outage kept back until its trial is over would say what is no longer true.
    ends_at_ = subscription.trial_ends_at
    is_late = action in ("check_in", "remind") and ends_at_ is not None and ctx.now >= ends_at_
    if not is_late and not (action == "check_in" and is_used):
        tell_payers(subscription, action)
    change(ctx, subscription, told=[*subscription.told, action])


@mutation(permission=Permission.SYSTEM)
def extend_trial(ctx: Context, *, days: Days | None = None, last_day: date | None = None) -> StandingRow:
    """Let a tenant try for so many days more, from its end or, if that is past, today; or until the end of a day.

    For the operator. InvalidInput without either, with both, or for a day that is over or more than a year away.
    """
    if (days is None) == (last_day is None):
        raise invalid("days", "Say for how many days more, or until which day.", "one_of")
    subscription = lock_subscription(ctx)
    until = _lengthened(ctx, subscription, days) if last_day is None else _end_of(ctx, subscription, last_day)
    told = ["welcome", *(word for word in subscription.told if word == "check_in")]
    change(ctx, subscription, state=State.TRIALING, trial_ends_at=until, grace_ends_at=None, told=told)
    return row_of(subscription)


def _lengthened(ctx: Context, subscription: Subscription, days: int | None) -> datetime:
    zone, ends_at = subscription.tenant.time_zone, subscription.trial_ends_at
    if ends_at is not None and ends_at > ctx.now:
        return midnight_after(ends_at, (days or 0) - 1, zone)
    return midnight_after(ctx.now, days or 0, zone)


def _end_of(ctx: Context, subscription: Subscription, last_day: date) -> datetime:
    """The midnight after a day where the firm is."""
    zone = subscription.tenant.time_zone
    ahead = (last_day - ctx.now.astimezone(ZoneInfo(zone)).date()).days
    if not 0 <= ahead <= MOST_DAYS:
        raise invalid("last_day", "Give today or a day within a year.", "out_of_range")
    return midnight_after(ctx.now, ahead, zone)


@mutation(permission=Permission.SYSTEM)
def lock_tenant(ctx: Context) -> StandingRow:
    """Lock a tenant: nothing is deleted, nothing shown; for the operator."""
    subscription = lock_subscription(ctx)
    change(ctx, subscription, state=State.LOCKED)
    return row_of(subscription)


@mutation(permission=Permission.SYSTEM)
def unlock_tenant(ctx: Context, *, plan: PlanKey | None = None, seats: Seats | None = None) -> StandingRow:
    """Open a tenant as if it had paid, with what it chose or the given plan and seats; for the operator."""
    subscription = lock_subscription(ctx)
    chosen = Plan.objects.filter(key=plan).first() if plan else subscription.chosen_plan
    change(
        ctx,
        subscription,
        state=State.ACTIVE,
        plan=chosen or subscription.plan,
        seats=seats or subscription.chosen_seats or subscription.seats,
        grace_ends_at=None,
    )
    return row_of(subscription)


def row_of(subscription: Subscription) -> StandingRow:
    """A subscription's standing, for the answer."""
    return {
        "state": State(subscription.state),
        "trial_ends_at": subscription.trial_ends_at,
        "grace_ends_at": subscription.grace_ends_at,
    }
