"""The operator site itself, and what its lists have in common (config.operator says what it shows)."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, cast

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import public_context
from config.live_page import live_queries
from config.runs_page import all_runs
from crm.web.admin_site import GuardedSite, OpenEndedAdmin

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
            request.current_app = self.name  # which site its links lead to
            with public_context():
                response: Any = guarded(request, *args, **kwargs)
                return cast("HttpResponse", response.render() if hasattr(response, "render") else response)

        return in_public

    def get_urls(self) -> list[Any]:
        """The pages about the engine beside the lists of rows."""
        live = self.admin_view(partial(live_queries, site=self))
        runs = self.admin_view(partial(all_runs, site=self))
        return [path("live/", live, name="live"), path("runs/", runs, name="runs"), *super().get_urls()]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """The lists of rows, and the pages about the engine as one more."""
        found: list[dict[str, Any]] = super().get_app_list(request, app_label)
        if app_label is not None:
            return found
        pages = [_page("live", _("Live queries")), _page("runs", _("Workflow runs"))]
        app = {
            "name": _("Engine"),
            "app_label": "live",
            "app_url": pages[0]["admin_url"],
            "has_module_perms": True,
        }
        return [*found, {**app, "models": pages}]


def _page(name: str, label: Any) -> dict[str, Any]:
    """A page as the index lists one."""
    return {
        "name": label,
        "object_name": name.title(),
        "perms": {"view": True},
        "view_only": True,
        "admin_url": reverse(f"operator:{name}"),
        "add_url": None,
        "model": None,
    }


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
