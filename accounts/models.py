"""The public schema: users, tenants, domains and the credentials that lead to a tenant."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django_tenants.models import DomainMixin, TenantMixin

SLUG = RegexValidator(r"^[a-z][a-z0-9-]{1,38}[a-z0-9]$", "Use 3 to 40 small letters, digits and hyphens.")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user with a lower-cased, trimmed email; no password means that none works."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user of the operator site (staff of whoever runs the deployment)."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can log in; a Member in each tenant that they belong to."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120, blank=True)
    locale = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=64, default="UTC")
    is_staff = models.BooleanField(default=False, help_text="May use the operator site.")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique")]

    def __str__(self) -> str:
        return self.email


class Tenant(TenantMixin):  # type: ignore[misc]  # django-tenants has no types
    """A firm that signed up; owns one schema."""

    class State(models.TextChoices):
        ACTIVE = "active"
        SUSPENDED = "suspended"

    class Standing(models.TextChoices):
        """How the subscription stands; a tenant without one is simply active."""

        TRIALING = "trialing"
        ACTIVE = "active"
        #: Nothing is paid, and for some days everything works all the same.
        PAST_DUE = "past_due"
        #: Everything is kept and nothing shown until somebody pays.
        LOCKED = "locked"
        CANCELLED = "cancelled"

    slug = models.CharField(max_length=40, unique=True, validators=[SLUG])
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=12, choices=State, default=State.ACTIVE)
    locale = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=64, default="UTC")
    currency = models.CharField(max_length=3, default="USD")
    # ISO 3166-1, two letters: phone numbers without a country code are read as numbers of it.
    country = models.CharField(max_length=2, default="US", db_default="US")
    brand_color = models.CharField(max_length=7, default="#3657d6")
    # The name of the picture in TenantLogo ("320x80-<digest>"), none if empty: every page reads this row anyway.
    logo = models.CharField(max_length=40, blank=True, default="", db_default="")
    # Whether emails to contacts tell when they are opened and which links are followed.
    tracks_mail = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    # Mirrors of the tenant's subscription: every request reads this row anyway.
    standing = models.CharField(max_length=9, choices=Standing, default=Standing.ACTIVE, db_default="active")
    plan = models.CharField(max_length=30, blank=True, default="", db_default="")
    seats = models.PositiveIntegerField(null=True, blank=True)
    trial_ends_at = models.DateTimeField(null=True, blank=True)
    grace_ends_at = models.DateTimeField(null=True, blank=True)

    # Schemas are cloned by accounts.provisioning, never migrated on save.
    auto_create_schema = False
    auto_drop_schema = False

    def __str__(self) -> str:
        return self.name

    @property
    def logo_path(self) -> str:
        """The address of the logo; another logo has another one, so that it may be kept for good."""
        return f"/logos/{self.slug}/{self.logo}.png" if self.logo else ""

    @property
    def logo_size(self) -> tuple[int, int]:
        """Width and height of the logo in its own pixels."""
        width, height = self.logo.partition("-")[0].split("x")
        return int(width), int(height)

    @property
    def has_wide_logo(self) -> bool:
        """Whether the logo is wide enough to hold the firm's name."""
        return bool(self.logo) and self.logo_size[0] > 2 * self.logo_size[1]


class TenantLogo(models.Model):
    """A firm's logo as everybody may see it, a PNG that was drawn here (see ``accounts.logos``)."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, primary_key=True)
    picture = models.BinaryField()

    def __str__(self) -> str:
        return f"Logo of {self.tenant_id}"


class Domain(DomainMixin):  # type: ignore[misc]  # django-tenants has no types
    """A host that leads to a tenant: its subdomain, or a domain of its own."""

    verified_at = models.DateTimeField(null=True, blank=True)


class TenantUser(models.Model):
    """Which tenants a user may switch to; kept by the mutations that change members."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="tenant_users")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tenant_users")
    member_id = models.BigIntegerField()
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "tenant"], name="tenant_user_unique")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.tenant_id}"


class ApiKey(models.Model):
    """An integration's credential: acts as one member, within its scopes; kept as a hash only."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="api_keys")
    member_id = models.BigIntegerField()
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16, unique=True)
    hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    allowed_addresses = ArrayField(models.GenericIPAddressField(), default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["tenant", "-created_at"], name="api_key_by_tenant")]

    def __str__(self) -> str:
        return f"{self.prefix} ({self.name})"


class Device(models.Model):
    """A browser in which a user is logged in; revoking it ends the session and closes its open pages."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    session_hash = models.CharField(max_length=64, unique=True)
    user_agent = models.CharField(max_length=300, blank=True)
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-last_seen_at"], name="device_by_user")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.user_agent[:40]}"


class OutgoingEmail(models.Model):
    """An email that a mutation decided to send; a job delivers it after the commit and notes the outcome."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, null=True)
    recipient = models.EmailField(max_length=254)
    reply_to = models.EmailField(max_length=254, blank=True)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="outgoing_email_due",
                condition=models.Q(sent_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.recipient}"
