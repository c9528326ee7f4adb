"""The owners' admin at /admin/: every row of their own tenant, to look at; what changes goes through mutations.

Lists never count their table: a page is fetched with one row more, which says whether there is a next one.
A member gets in whose role has ``admin.view``, and sees a kind of row if their role views all of that kind.
"""

from typing import Any, ClassVar, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePage, InfinitePaginator
from unfold.sites import UnfoldAdminSite
from unfold.views import ChangeList

from accounts.permissions import Access, Permission
from accounts.roles.fields import is_hidden
from accounts.roles.policy import scope_of
from crm.search.finding import find_ids
from crm.search.sources import KINDS
from realtime.functions import Context, FunctionError, translated
from realtime.functions.call import call

MOST_AT_ONCE = 200
#: Turning further would skip ever more rows to show none that a search does not find.
MOST_PAGES = 100


class OpenPage(InfinitePage):  # type: ignore[misc]  # unfold has no types
    """A page that knows whether there is another one."""

    is_last = False

    def has_next(self) -> bool:
        return not self.is_last


class OpenEndedPaginator(InfinitePaginator):  # type: ignore[misc]  # unfold has no types
    """Pages without COUNT."""

    def page(self, number: int | str) -> OpenPage:
        """The rows of a page, found with one more than it shows."""
        checked = min(self.validate_number(number), MOST_PAGES)
        first = (checked - 1) * self.per_page
        rows = list(self.object_list[first : first + self.per_page + 1])
        page = OpenPage(rows[: self.per_page], checked, self)
        page.is_last = len(rows) <= self.per_page or checked == MOST_PAGES
        return page


class OpenEndedList(ChangeList):  # type: ignore[misc]  # unfold has no types
    """A list that says nothing about how many rows there are."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        # What is counted are the rows of the page: for "3 of 50 selected", and equal, as the heading shows others.
        self.result_count = self.full_result_count = len(self.result_list)


class OpenEndedAdmin(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """Lists without COUNT, to look at; what may be changed, an action changes."""

    paginator = OpenEndedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_disable_select_all = True
    list_per_page = 50
    ordering = ("-id",)
    # By id alone: other columns have no index to sort a large table by.
    sortable_by = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return OpenEndedList

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Only what a list offers filters it. Django lets any column: one that is not shown could be guessed."""
        offered = {_field_name(entry) for entry in self.get_list_filter(request)}
        return lookup.partition("__")[0] in offered and bool(super().lookup_allowed(lookup, value, request))

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Run an action. Django takes what was ticked for ids; BadRequest for what can be none."""
        try:
            for given in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.opts.pk.to_python(given)
        except ValidationError as error:
            raise BadRequest("One of these is not a row.") from error
        return cast("HttpResponse | None", super().response_action(request, queryset))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_view_permission(request))

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def _field_name(entry: Any) -> str:
    """The field of an entry of ``list_filter`` (a name, or a name and how it is filtered) or of ``search_fields``."""
    name = entry[0] if isinstance(entry, tuple) else entry
    return str(name).lstrip("=^@").partition("__")[0]


class GuardedSite(UnfoldAdminSite):  # type: ignore[misc]  # unfold has no types
    """A site that uses the product's own log-in, and has neither password page nor search of its own."""

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """To the log-in page; for somebody who is logged in and not allowed here, there is nothing here."""
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.GET.get("next", f"/{self.name}/"), settings.LOGIN_URL)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """A new password is asked for by email, from the log-in page."""
        raise Http404

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Beside each page all lists by area, and the site's own name: the theme takes both from the settings."""
        found: dict[str, Any] = super().each_context(request)
        apps = found["available_apps"] if self.has_permission(request) else []
        beside = [{"title": app["name"], "items": _links(request, app["models"])} for app in apps]
        return {
            **found,
            "sidebar_navigation": beside,
            "site_header": self.site_header,
            "site_title": self.site_title,
        }

    def search(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The theme's search keeps its results by user, not by tenant."""
        raise Http404


def _links(request: HttpRequest, models: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lists of an area as the theme's sidebar wants them."""
    return [
        {
            "title": model["name"],
            "link": model["admin_url"],
            "active": request.path.startswith(model["admin_url"]),
            "has_permission": True,
        }
        for model in models
        if model["admin_url"]
    ]


class OwnersSite(GuardedSite):
    """For members whose role has ``admin.view``, within the tenant of their session or host."""

    site_header = site_title = _("Admin")
    index_title = _("All rows of your workspace")

    def has_permission(self, request: HttpRequest) -> bool:
        ctx = context(request)
        return ctx is not None and ctx.scope.allows(Permission.ADMIN_VIEW)


owners = OwnersSite(name="admin")


def context(request: HttpRequest) -> Context | None:
    """The request's context, None for somebody who is not logged in to a tenant."""
    return getattr(request, "ctx", None)


class RowAdmin(OpenEndedAdmin):
    """Rows of one kind."""

    #: Who may see them: members whose role has this word for all rows.
    permission: ClassVar[Permission]
    #: The word of the field rules; "" if fields of this kind can't be hidden.
    noun: ClassVar[str] = ""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        ctx = context(request)
        return ctx is not None and scope_of(ctx).access(self.permission) is Access.ALL

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Django's own history knows no tenants; ours is the audit log."""
        raise Http404

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return self._shown(request, super().get_list_display(request))

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return self._shown(request, super().get_list_filter(request))

    def get_search_fields(self, request: HttpRequest) -> list[Any]:
        return self._shown(request, super().get_search_fields(request))

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return self._shown(request, super().get_fields(request, obj))

    def _shown(self, request: HttpRequest, names: Any) -> list[Any]:
        """The fields that the member's role does not hide."""
        ctx = context(request)
        hidden = scope_of(ctx).hidden_fields(self.noun) if ctx is not None and self.noun else frozenset()
        return [name for name in names if not self._is_hidden(_field_name(name), hidden)]

    def _is_hidden(self, name: str, hidden: frozenset[str]) -> bool:
        """Rules name columns ("stage_id"), the admin fields ("stage"); one column holds all custom fields."""
        if name == "custom_values":
            return any(rule.startswith("custom.") for rule in hidden)
        columns = {field.name: field.attname for field in self.model._meta.concrete_fields}
        return is_hidden(columns.get(name, name), hidden)

    def call_for_each(
        self, request: HttpRequest, queryset: QuerySet[Any], function: str, argument: str
    ) -> None:
        """Call a mutation for each chosen row, as the member who chose them, and tell what became of it."""
        ids = list(queryset.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        if len(ids) > MOST_AT_ONCE:
            self.message_user(request, _("At most 200 rows at once."), messages.ERROR)
            return
        refusals = [detail for pk in ids if (detail := _refusal(request, function, {argument: pk}))]
        done = len(ids) - len(refusals)
        self.message_user(request, ngettext("%d row changed.", "%d rows changed.", done) % done)
        for detail in dict.fromkeys(refusals):
            self.message_user(request, detail, messages.ERROR)


class RecordAdmin(RowAdmin):
    """Records: to the bin and back through the mutations that their pages use; found as the product's search finds."""

    actions = ("archive", "restore")
    list_filter: tuple[Any, ...] = (("archived_at", admin.EmptyFieldListFilter),)
    list_select_related: tuple[str, ...] = ("owner", "team")

    @admin.action(description=_("Move to the bin"), permissions=["view"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Call the kind's archive mutation for each."""
        self._move(request, queryset, "archive")

    @admin.action(description=_("Take out of the bin"), permissions=["view"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Call the kind's restore mutation for each."""
        self._move(request, queryset, "restore")

    def _move(self, request: HttpRequest, queryset: QuerySet[Any], verb: str) -> None:
        function = f"{self.model._meta.app_label}.{verb}_{self.noun}"
        self.call_for_each(request, queryset, function, f"{self.noun}_id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The best matches by the search's own index: the tables themselves have none for parts of words."""
        ctx = context(request)
        if not search_term or ctx is None or self.noun not in KINDS:
            return queryset, False
        return queryset.filter(pk__in=find_ids(ctx, search_term, self.noun, MOST_AT_ONCE)), False


def _refusal(request: HttpRequest, function: str, args: dict[str, object]) -> str:
    """Call a mutation; the reason if it refuses, else ""."""
    ctx = context(request)
    assert ctx is not None
    try:
        call(function, ctx.again(), args)
    except FunctionError as error:
        return translated(error.detail)
    return ""
