"""The operator site at /operator/: staff of whoever runs the deployment, on the public schema alone.

It shows who signed up and what is stuck, and can suspend a tenant or close a user's account. What tenants own
is out of its reach: no search path of it ever holds a tenant's schema.
"""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.devices import revoke_devices
from accounts.hosts import forget_hosts
from accounts.models import ApiKey, Device, Domain, OutgoingEmail, Tenant, TenantUser, User
from accounts.tenancy import public_context
from config.live_page import live_queries
from crm.web.admin_site import GuardedSite, OpenEndedAdmin
from workflows.models import Due

View = Callable[..., HttpResponse]


class OperatorSite(GuardedSite):
    """For users with ``is_staff``."""

    site_header = site_title = _("Operator")
    index_title = _("This deployment")

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Each view runs, and renders, in the public schema, whatever tenant the session is in."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def in_public(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            with public_context():
                response: Any = guarded(request, *args, **kwargs)
                return response.render() if hasattr(response, "render") else response  # type: ignore[no-any-return]

        return in_public

    def get_urls(self) -> list[Any]:
        """The page of live queries beside the lists of rows."""
        live = self.admin_view(partial(live_queries, site=self))
        return [path("live/", live, name="live"), *super().get_urls()]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """The lists of rows, and the page of live queries as one of its own."""
        found: list[dict[str, Any]] = super().get_app_list(request, app_label)
        if app_label is not None:
            return found
        page = {"name": _("Live queries"), "object_name": "Live", "perms": {"view": True}, "view_only": True}
        page |= {"admin_url": reverse("operator:live"), "add_url": None, "model": None}
        app = {
            "name": _("Engine"),
            "app_label": "live",
            "app_url": page["admin_url"],
            "has_module_perms": True,
        }
        return [*found, {**app, "models": [page]}]


operator = OperatorSite(name="operator")


class PublicAdmin(OpenEndedAdmin):
    """Public rows; actions change what an operator may change."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return operator.has_permission(request)

    def apply(self, request: HttpRequest, rows: QuerySet[Any], note: str, **changes: Any) -> None:
        """Change the rows and note who did it, in one transaction."""
        with transaction.atomic():
            changed = list(rows.select_for_update())
            rows.model._default_manager.filter(pk__in=[row.pk for row in changed]).update(**changes)
            LogEntry.objects.log_actions(request.user.pk or 0, changed, CHANGE, note)
        self.message_user(request, f"{note}: {len(changed)}")


@admin.register(Tenant, site=operator)
class TenantAdmin(PublicAdmin):
    list_display = ("name", "slug", "schema_name", "state", "created_at")
    list_filter = ("state",)
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
        """No log-in any more, and out of every browser at once."""
        devices = Device.objects.filter(user__in=queryset.values("pk"))
        revoke_devices(devices, timezone.now())
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
