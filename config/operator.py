"""The operator site at /operator/: staff of whoever runs the deployment, on the public schema.

It shows who signed up, what they pay and what is stuck, and can suspend a tenant, close a user's account, change a
subscription and look after runs. What tenants own is out of its reach: it reads the state of runs, and nothing else of
a tenant's schema.
"""

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.devices import revoke_devices
from accounts.hosts import forget_hosts
from accounts.models import ApiKey, Device, Domain, OutgoingEmail, Tenant, TenantUser, User
from config import operator_billing
from config.operator_site import PublicAdmin, operator
from workflows.models import Due

__all__ = ["operator", "operator_billing"]


@admin.register(Tenant, site=operator)
class TenantAdmin(PublicAdmin):
    list_display = (
        "name",
        "slug",
        "schema_name",
        "state",
        "standing",
        "plan",
        "seats",
        "trial_ends_at",
        "created_at",
    )
    list_filter = ("state", "standing")
    search_fields = ("name", "slug")
    actions = ("suspend", "reactivate")

    @admin.action(description=_("Suspend"), permissions=["view"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Tenant]) -> None:
        """Refuse its members and keys from now on; nothing is deleted."""
        self.apply(request, queryset, "Suspended", state=Tenant.State.SUSPENDED)
        forget_hosts()

    @admin.action(description=_("Reactivate"), permissions=["view"])
    def reactivate(self, request: HttpRequest, queryset: QuerySet[Tenant]) -> None:
        """Let its members in again."""
        self.apply(request, queryset, "Reactivated", state=Tenant.State.ACTIVE)
        forget_hosts()


@admin.register(User, site=operator)
class UserAdmin(PublicAdmin):
    list_display = ("email", "name", "is_active", "is_staff", "last_login", "created_at")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    exclude = ("password", "groups", "user_permissions")
    actions = ("close", "reopen")

    @admin.action(description=_("Close the account"), permissions=["view"])
    def close(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """No log-in any more; out of every browser at once, and no key that acts as the user works on."""
        now = timezone.now()
        own = TenantUser.objects.filter(
            user__in=queryset.values("pk"), tenant=OuterRef("tenant"), member_id=OuterRef("member_id")
        )
        ApiKey.objects.filter(Exists(own), revoked_at=None).update(revoked_at=now)
        devices = Device.objects.filter(user__in=queryset.values("pk"))
        revoke_devices(devices, now)
        self.apply(request, queryset, "Closed", is_active=False)

    @admin.action(description=_("Reopen the account"), permissions=["view"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Log-in works again."""
        self.apply(request, queryset, "Reopened", is_active=True)


@admin.register(Domain, site=operator)
class DomainAdmin(PublicAdmin):
    list_display = ("domain", "tenant", "is_primary", "verified_at")
    search_fields = ("domain",)
    list_select_related = ("tenant",)


@admin.register(TenantUser, site=operator)
class TenantUserAdmin(PublicAdmin):
    list_display = ("user", "tenant", "is_active", "created_at")
    list_select_related = ("user", "tenant")


@admin.register(ApiKey, site=operator)
class ApiKeyAdmin(PublicAdmin):
    list_display = ("prefix", "name", "tenant", "created_at", "last_used_at", "expires_at", "revoked_at")
    list_select_related = ("tenant",)
    exclude = ("hash",)


@admin.register(OutgoingEmail, site=operator)
class OutgoingEmailAdmin(PublicAdmin):
    """Without the text: it holds links that let their reader in."""

    list_display = ("recipient", "subject", "tenant", "created_at", "sent_at", "attempts", "error")
    list_filter = (("sent_at", admin.EmptyFieldListFilter),)
    list_select_related = ("tenant",)
    exclude = ("text", "html")


@admin.register(Due, site=operator)
class DueAdmin(PublicAdmin):
    list_display = ("kind", "ref", "tenant", "due_at", "state", "attempts", "error")
    list_filter = ("state", "kind")
    exclude = ("token",)
