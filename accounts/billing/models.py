"""What tenants owe and have paid, in the public schema: nothing here is a tenant's own to change."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import Tenant

MOST_WEIGHT = 20


class Plan(models.Model):
    """What can be subscribed to: a price a seat and month. Prices are data: the operator changes them."""

    key = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=60)
    description = models.CharField(max_length=200, blank=True)
    #: For one seat and one month.
    price = models.DecimalField(max_digits=9, decimal_places=2)
    currency = models.CharField(max_length=3, default="USD")
    #: The most seats that the plan can have; none: as many as wanted.
    max_seats = models.PositiveIntegerField(null=True, blank=True)
    is_offered = models.BooleanField(default=True)
    #: How much of the workers' time its tenants get beside others when there is more to do than is done.
    weight = models.PositiveSmallIntegerField(
        default=1, db_default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_WEIGHT)]
    )
    position = models.PositiveSmallIntegerField(default=100)
    #: The provider's name of the price, by which its events lead back to the plan.
    provider_price = models.CharField(max_length=120, blank=True)
    #: The provider's page that takes the money; empty: PAYMENT_CHECKOUT_URL.
    checkout_url = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(price__gte=0), name="plan_price_not_negative")]

    def __str__(self) -> str:
        return self.name


class Subscription(models.Model):
    """A tenant's one subscription. ``Tenant`` mirrors its standing, plan, seats and dates (``changing``)."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="subscription")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, blank=True)
    state = models.CharField(max_length=9, choices=Tenant.Standing, default=Tenant.Standing.TRIALING)
    #: Members and open invitations together; none: as many as wanted.
    seats = models.PositiveIntegerField(null=True, blank=True)
    started_at = models.DateTimeField(db_default=Now())
    #: Since when it stands as it does.
    since = models.DateTimeField(db_default=Now())
    trial_ends_at = models.DateTimeField(null=True, blank=True)
    #: Until when everything works although nothing is paid.
    grace_ends_at = models.DateTimeField(null=True, blank=True)
    #: Until when is paid.
    period_ends_at = models.DateTimeField(null=True, blank=True)
    #: The emails of this standing that were written, so that none comes twice.
    told = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    #: What was chosen on the page and is paid for at the provider.
    chosen_plan = models.ForeignKey(
        Plan, on_delete=models.SET_NULL, null=True, blank=True, related_name="chosen_by"
    )
    chosen_seats = models.PositiveIntegerField(null=True, blank=True)
    provider = models.CharField(max_length=20, blank=True)
    provider_customer = models.CharField(max_length=120, blank=True)
    provider_subscription = models.CharField(max_length=120, blank=True)
    #: The time of the newest event that was taken in: an older one changes nothing any more.
    provider_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=Tenant.Standing.TRIALING) | Q(trial_ends_at__isnull=False),
                name="subscription_trial_has_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(state=Tenant.Standing.PAST_DUE) | Q(grace_ends_at__isnull=False),
                name="subscription_grace_has_an_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider", "provider_subscription"],
                name="subscription_at_provider",
                condition=~Q(provider_subscription=""),
            ),
            models.Index(
                fields=["provider", "provider_customer"],
                name="subscription_by_customer",
                condition=~Q(provider_customer=""),
            ),
            models.Index(fields=["state", "id"], name="subscription_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.tenant_id}: {self.state}"


class Invoice(models.Model):
    """A bill of the provider's; what was paid stays paid, whatever is told later."""

    class State(models.TextChoices):
        OPEN = "open"
        PAID = "paid"
        VOID = "void"

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="invoices")
    provider = models.CharField(max_length=20)
    provider_invoice = models.CharField(max_length=120)
    number = models.CharField(max_length=60, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=4, choices=State)
    issued_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    #: The provider's page or file.
    url = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "provider_invoice"], name="invoice_unique"),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(paid_at__isnull=False), name="invoice_paid_has_a_time"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-issued_at", "-id"], name="invoice_by_tenant")]

    def __str__(self) -> str:
        return self.number or self.provider_invoice


class PaymentEvent(models.Model):
    """What a provider told, once: its own id makes a repetition harmless."""

    class Outcome(models.TextChoices):
        APPLIED = "applied"
        #: Older than what is known already.
        STALE = "stale"
        #: Of a kind that means nothing here.
        IGNORED = "ignored"

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="payment_events")
    provider = models.CharField(max_length=20)
    event = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    outcome = models.CharField(max_length=7, choices=Outcome)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "event"], name="payment_event_unique")]
        indexes = [models.Index(fields=["tenant", "-id"], name="payment_event_by_tenant")]

    def __str__(self) -> str:
        return f"{self.provider} {self.event}"
