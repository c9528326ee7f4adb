"""What every page does: only members get in, refusals become error pages, queries are asked by one short word."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from accounts.roles.policy import scope_of
from crm.web.answers import is_enhanced, refused
from realtime.functions import Context, Forbidden, FunctionError, NotFound, PaymentRequired, Unauthenticated
from realtime.functions.call import call
from realtime.functions.registry import AnyFunction
from realtime.functions.transactions import reading

READS = ("GET", "HEAD")
#: Pages of a locked workspace: where it is paid for.
OPEN_WHEN_LOCKED = ("settings_billing", "billing_choose")
View = Callable[..., HttpResponse]


class PageRequest(HttpRequest):
    """A member's request: the tenant middleware has found the context."""

    ctx: Context


def page(view: View) -> View:
    """A view for members. Without a session it leads to the log-in; a refusal becomes its error page or JSON.

    What a page shows is read at one snapshot, in one transaction, and shared by its parts.
    """

    @wraps(view)
    def wrapped(request: Any, **kwargs: Any) -> HttpResponse:
        try:
            if request.ctx is None:
                raise request.refusal or Unauthenticated()
            with _surroundings(request):
                if request.method in READS and is_closed(request):
                    return lock_page(request)
                return view(request, **kwargs)
        except FunctionError as error:
            return _refusal(request, error)

    return wrapped


def is_closed(request: Any) -> bool:
    """Whether the workspace is locked and the page is none of those that lead out of that."""
    name = request.resolver_match.url_name if request.resolver_match else ""
    return name not in OPEN_WHEN_LOCKED and scope_of(request.ctx).standing.is_locked


def lock_page(request: HttpRequest) -> HttpResponse:
    """What a locked workspace shows in place of its pages; it gives way by itself when somebody pays."""
    response = render(request, "billing/locked.html", status=402)
    response["Cache-Control"] = "no-store"
    return response


@contextmanager
def _surroundings(request: PageRequest) -> Iterator[None]:
    """What is read is read once, at one snapshot; what is written opens its own transaction."""
    if request.method not in READS:
        yield
        return
    with reading(), request.ctx.sharing():
        yield


def _refusal(request: Any, error: FunctionError) -> HttpResponse:
    if isinstance(error, Unauthenticated):
        logout(request)  # the session has ended: with it, the log-in page would send its user back here
        return redirect_to_login(_page_of(request))
    if is_enhanced(request):
        return refused(request, error)
    if isinstance(error, PaymentRequired):
        return lock_page(request)
    if isinstance(error, NotFound):
        raise Http404(error.detail) from error
    if isinstance(error, Forbidden):
        raise PermissionDenied(error.detail) from error
    return refused(request, error)


def _page_of(request: Any) -> str:
    """Where to be after logging in again: the page that was asked for, or that a form stood on."""
    if request.method in READS and not is_enhanced(request):
        return str(request.get_full_path())
    return page_of_form(request)


def page_of_form(request: HttpRequest) -> str:
    """The page that a form stood on, as its browser tells; the start page if it does not, or names another host."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    return came_from.path or "/" if came_from.netloc == request.get_host() else "/"


def ask(ctx: Context, function: AnyFunction, **args: object) -> Any:
    """The result of a query; arguments that are None are left to the function's defaults.

    The parts of a page share it: it must be left as it is.
    """
    return call(function, ctx, {name: value for name, value in args.items() if value is not None})


def text_args(function: AnyFunction, given: Any, names: Mapping[str, str]) -> dict[str, Any]:
    """A query's arguments from an address: ``names`` maps parameters of the address to the function's.

    What the function would refuse (a hand-written or stale address) is left out rather than shown as an error.
    """
    picked = {names[name]: texts for name, texts in given.lists() if name in names and texts[-1]}
    found: dict[str, Any] = {}
    for name, texts in picked.items():
        try:
            found |= function.args_from_text({name: texts[-1:]}).model_dump(exclude_unset=True)
        except FunctionError:
            continue
    return found


def trail_pages(args: Mapping[str, Any], next_cursor: str | None, trail: str) -> dict[str, str]:
    """Addresses of the newer and the older page, and the base of other sort orders.

    The trail holds the cursors of the pages before this one.
    ``args`` are the address's other parameters, ``cursor`` among them.
    """
    blank = ("f", "cols")  # nothing is something there: no filter, the usual columns
    kept = {
        name: value
        for name, value in args.items()
        if name != "cursor" and (value not in (None, "") or name in blank)
    }
    here, before = args.get("cursor"), trail.split(".") if trail else []
    unsorted = urlencode({name: value for name, value in kept.items() if name != "sort"})
    pages = {"base": f"?{unsorted}&" if unsorted else "?"}
    if here:
        back = {"cursor": before[-1], "trail": ".".join(before[:-1])} if before else {}
        pages["newer"] = "?" + urlencode({**kept, **{k: v for k, v in back.items() if v}})
    if next_cursor:
        steps = [*before, here][-20:] if here else before
        on = {"cursor": next_cursor, "trail": ".".join(steps)}
        pages["older"] = "?" + urlencode({**kept, **{k: v for k, v in on.items() if v}})
    return pages
