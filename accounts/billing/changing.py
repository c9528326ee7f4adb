"""The one way in which a subscription changes: under its lock, mirrored on the tenant, audited, and heard by its run.

Locks are taken in one order: the run of the trial first, as a worker that drives it holds it already, then the
subscription, then the tenant.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.billing.dates import midnight_after
from accounts.billing.holding import forget_held
from accounts.billing.models import Plan, Subscription
from accounts.credentials import LOCKED
from accounts.hosts import forget_hosts
from accounts.models import Tenant
from realtime.functions import Context, NotFound
from workflows import holding, send_event, start

WORKFLOW, KEY, EVENT = "trial", "trial", "billing"
#: What the tenant's row mirrors.
MIRRORED = {
    "state": "standing",
    "seats": "seats",
    "trial_ends_at": "trial_ends_at",
    "grace_ends_at": "grace_ends_at",
}


def begin_trial(tenant: Tenant) -> Subscription | None:
    """Let a tenant that just signed up try for the days of the settings; None without any. Start its run, too."""
    if not settings.TRIAL_DAYS:
        return None
    subscription = Subscription.objects.create(
        tenant=tenant,
        plan=Plan.objects.filter(is_offered=True).order_by("position", "pk").first(),
        seats=settings.TRIAL_SEATS or None,
        trial_ends_at=midnight_after(timezone.now(), settings.TRIAL_DAYS, tenant.time_zone),
    )
    mirror(subscription)
    start(WORKFLOW, {}, key=KEY)
    return subscription


def subscribe(tenant: Tenant, plan: str, seats: int) -> Subscription:
    """A tenant that pays, or need not: active without a trial. The demo's, and an operator's."""
    found = Plan.objects.get(key=plan)
    subscription = Subscription.objects.create(
        tenant=tenant, plan=found, seats=seats, state=Tenant.Standing.ACTIVE
    )
    mirror(subscription)
    return subscription


def lock_subscription(ctx: Context, *, wake: bool = True) -> Subscription:
    """The tenant's subscription, locked until the transaction ends; a tenant without one gets one that is active.

    ``wake`` tells the run that something changes: it hears of it when that commits.
    """
    if wake:
        _wake()
    rows = Subscription.objects.select_for_update(of=("self",)).select_related("tenant", "plan")
    found = rows.filter(tenant__schema_name=ctx.schema).first()
    if found is None:
        tenant = Tenant.objects.select_for_update().get(schema_name=ctx.schema)
        Subscription.objects.get_or_create(tenant=tenant, defaults={"state": Tenant.Standing.ACTIVE})
        found = rows.get(tenant=tenant)
    return found


def change(ctx: Context, subscription: Subscription, **values: Any) -> None:
    """Write new values of a locked subscription; a new standing begins now and has nothing told yet."""
    changed = {name: new for name, new in values.items() if getattr(subscription, name) != new}
    if "state" in changed:
        changed |= {"since": ctx.now, "told": values.get("told", [])}
    if not changed:
        return
    ctx.audit(
        "subscription",
        subscription.pk,
        {n: _told(getattr(subscription, n), new) for n, new in changed.items()},
    )
    was_locked = subscription.state in LOCKED
    for name, new in changed.items():
        setattr(subscription, name, new)
    subscription.save(update_fields=[*changed])
    mirror(subscription)
    if was_locked and subscription.state not in LOCKED:
        holding.release()
    if "state" in changed and subscription.state != Tenant.Standing.ACTIVE:
        start(WORKFLOW, {}, key=KEY)  # the one that is under way, if any


def mirror(subscription: Subscription) -> None:
    """Write the tenant's copy, if it differs."""
    values = {copy: getattr(subscription, name) for name, copy in MIRRORED.items()}
    values["plan"] = subscription.plan.key if subscription.plan else ""
    tenant = subscription.tenant
    if any(getattr(tenant, name) != new for name, new in values.items()):
        Tenant.objects.filter(pk=tenant.pk).update(**values)
        for name, new in values.items():
            setattr(tenant, name, new)
        forget_hosts()
        forget_held()


def grace_after(last_day: datetime, zone: str) -> datetime:
    """The end of a grace whose days follow the one that the moment lies in."""
    return midnight_after(last_day, settings.GRACE_DAYS, zone)


def _wake() -> None:
    try:
        send_event(KEY, EVENT, workflow=WORKFLOW)
    except NotFound:
        return


def _told(old: object, new: object) -> list[object]:
    """Before and after, as the audit log keeps them."""
    return [str(value) if value is not None else None for value in (old, new)]
