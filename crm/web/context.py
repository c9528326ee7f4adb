"""What every page's template may use."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.models import Tenant, TenantUser
from crm.web.brand import BUILT_IN
from crm.web.templatetags.addresses import address
from realtime.reads.fixed import FixedQuery

STYLE_SHEETS = [
    f"crm/css/{name}.css"
    for name in (
        "tokens",
        "base",
        "layout",
        "controls",
        "parts",
        "table",
        "lists",
        "overlay",
        "pages",
        "board",
        "timeline",
        "charts",
        "search",
        "flow",
    )
]
THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """A place in the main navigation: its page's name, icon, the keys that lead there."""

    page: str
    label: Any
    icon: str
    key: str
    on_phone: bool = True
    is_current: bool = False

    @property
    def url(self) -> str:
        return address(self.page)


NAVIGATION = (
    NavigationEntry("home", _("Home"), "house", "g h"),
    NavigationEntry("contacts", _("Contacts"), "users-round", "g c"),
    NavigationEntry("companies", _("Companies"), "building-2", "g o", on_phone=False),
    NavigationEntry("deals", _("Deals"), "handshake", "g d"),
    NavigationEntry("tasks", _("Tasks"), "list-checks", "g t"),
    NavigationEntry("inbox", _("Inbox"), "inbox", "g i", on_phone=False),
    NavigationEntry("sequences", _("Sequences"), "send", "g q", on_phone=False),
    NavigationEntry("reports", _("Reports"), "chart-column", "g r", on_phone=False),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """The application shell's values; those that cost a query are found when a template asks for them."""
    theme = request.COOKIES.get("theme", "")
    return {
        "ctx": getattr(request, "ctx", None),
        "tenants": SimpleLazyObject(lambda: tenants_of(request)),
        "tenant": getattr(request, "tenant_record", None),
        "theme": theme if theme in THEMES else "",
        "brand": brand_of(getattr(request, "tenant_record", None)),
        "style_sheets": STYLE_SHEETS,
        "navigation": SimpleLazyObject(lambda: navigation(request.path)),
    }


def brand_of(tenant: Tenant | None) -> str:
    """The digits of the tenant's brand colour; "" where it is the built-in accent's."""
    color = tenant.brand_color.lower() if tenant else BUILT_IN
    return "" if color == BUILT_IN else color.lstrip("#")


def tenants_of(request: HttpRequest) -> list[dict[str, Any]]:
    """The tenants that the user may switch to, by name."""
    if request.user.pk is None:
        return []
    return TENANTS.dicts(request.user.pk)


TENANTS = FixedQuery(
    lambda user_id: (
        TenantUser.objects.filter(user_id=user_id, is_active=True, tenant__state=Tenant.State.ACTIVE)
        .order_by("tenant__name")
        .values(slug=F("tenant__slug"), name=F("tenant__name"))[:50]
    )
)


def navigation(path: str) -> list[NavigationEntry]:
    """The main navigation as seen from a path: a page below an entry's address keeps the entry current."""
    return [
        NavigationEntry(
            entry.page, entry.label, entry.icon, entry.key, entry.on_phone, _is_below(path, entry.url)
        )
        for entry in NAVIGATION
    ]


def _is_below(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))
