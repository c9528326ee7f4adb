"""Emails about the subscription, to those who may pay; each in its reader's language."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.billing.models import Subscription
from accounts.billing.schemas import TrialAction
from accounts.outbox import queue_email
from accounts.permissions import Access, Permission
from accounts.roles.models import Member

#: A firm has few owners; somebody who made everybody one does not make us send a thousand emails.
MOST = 10
SUBJECTS: dict[TrialAction, Any] = {
    "welcome": _("Welcome, {firm}"),
    "check_in": _("Can we help {firm} to get going?"),
    "remind": _("The trial of {firm} ends soon"),
    "tell_grace": _("{firm}: choose a plan to go on"),
    "tell_locked": _("{firm} is locked"),
    "thank": _("{firm} is open: thank you"),
}


def tell_payers(subscription: Subscription, kind: TrialAction) -> int:
    """Write the email to each active member of the current tenant who may pay; answers to how many."""
    tenant = subscription.tenant
    payers = Member.objects.filter(
        is_active=True,
        role__permissions__permission=Permission.BILLING_MANAGE,
        role__permissions__access=Access.ALL,
    )
    found = list(payers.order_by("pk").values_list("name", "email")[:MOST])
    for name, email in found:
        values: dict[str, object] = {
            "kind": kind,
            "name": name,
            "firm": tenant.name,
            "plan": subscription.plan.name if subscription.plan else "",
            "trial_ends_on": last_day(subscription.trial_ends_at, tenant.time_zone),
            "grace_ends_on": last_day(subscription.grace_ends_at, tenant.time_zone),
            "was_trial": subscription.provider_at is None,
            "link": f"{settings.SITE_URL}/settings/billing/",
            "home": f"{settings.SITE_URL}/",
        }
        queue_email(
            tenant.schema_name, email, format_lazy(SUBJECTS[kind], firm=tenant.name), "billing", values
        )
    return len(found)


def last_day(until: datetime | None, zone: str) -> date | None:
    """The last whole day before the moment, where the firm is."""
    return (until - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date() if until else None
