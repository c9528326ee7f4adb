"""What a form is answered with: a redirect and a toast, or errors beside the fields; JSON for scripts."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.middleware import context_of
from realtime.functions import FunctionError, translated
from realtime.functions.call import call
from realtime.functions.errors import ArgumentError
from realtime.functions.registry import AnyFunction

#: What the validation of arguments says, in words for people (by pydantic's codes).
PLAIN_WORDS = {
    "missing": gettext_lazy("Fill this in."),
    "string_too_short": gettext_lazy("Fill this in."),
    "string_too_long": gettext_lazy("This is too long. Shorten it."),
    "greater_than_equal": gettext_lazy("This is too small."),
    "less_than_equal": gettext_lazy("This is too large."),
}


def is_enhanced(request: HttpRequest) -> bool:
    """Whether a script sent the request: what it sent is a region of a page or a dialog, or a whole page's form."""
    return request.headers.get("X-Enhance") in ("region", "page")


def done(
    request: HttpRequest, text: str, url: str, *, go: bool = False, made: bool = False, kind: str = "success"
) -> HttpResponse:
    """It worked: say so. A plain form is redirected, and so is a script if told to ``go`` or if the form was the page.

    A script that stays gets an address to offer if something was ``made`` there. ``kind`` "error" says that not all
    of it worked.
    """
    if is_enhanced(request) and not go and request.headers["X-Enhance"] == "region":
        return JsonResponse({"toast": text, "location": None, "open": url if made else None, "kind": kind})
    (messages.error if kind == "error" else messages.success)(request, text)
    if is_enhanced(request):
        return JsonResponse({"toast": text, "location": url})
    return HttpResponseRedirect(url, status=303)


def saved(request: HttpRequest, url: str, pk: int | None = None) -> HttpResponse:
    """A field was saved where it stands: nothing needs to be said but the id of something new, for its files."""
    if is_enhanced(request):
        return JsonResponse({"toast": "", "location": None, **({"id": pk} if pk else {})})
    return done(request, _("Saved."), url)


def send(
    request: HttpRequest, form: forms.Form, function: AnyFunction, args: Mapping[str, object]
) -> Any | None:
    """Call the mutation; on a refusal the form has the errors and the answer is None."""
    try:
        return call(function, context_of(request), args)
    except FunctionError as error:
        add_errors(form, error)
        return None


def add_errors(form: forms.Form, error: FunctionError) -> None:
    """Put a refusal's errors where the form shows them."""
    for name, lines in error_lines(error).items():
        form.add_error(name if name in form.fields else None, lines)


def error_lines(error: FunctionError) -> dict[str, list[str]]:
    """A refusal as sentences by field; what belongs to no field stands under the empty name."""
    found: dict[str, list[str]] = {}
    for each in error.errors:
        field = _field_of(each["param"])
        found.setdefault(field, []).append(_in_words(each))
    return found or {"": [translated(error.detail)]}


def _field_of(param: str) -> str:
    """The form's field: "email" of "changes.email.0", "custom.plan" of "changes.custom.plan"."""
    parts = param.removeprefix("changes.").split(".")
    return ".".join(parts[:2] if parts[0] == "custom" else parts[:1])


def _in_words(error: ArgumentError) -> str:
    plain = PLAIN_WORDS.get(error["code"])
    return str(plain) if plain is not None else translated(error["detail"])


def refused(request: HttpRequest, error: FunctionError) -> HttpResponse:
    """A refusal outside any form: JSON for a script, else a page that says it."""
    if is_enhanced(request):
        return JsonResponse({"errors": error_lines(error)}, status=error.status)
    context = {
        "status": error.status,
        "heading": translated(error.title),
        "detail": translated(error.detail),
    }
    return render(request, "fault.html", context, status=error.status)


def invalid_form(
    request: HttpRequest, form: forms.Form, template: str, context: Mapping[str, Any]
) -> HttpResponse:
    """The form again with its errors; JSON for a script that has the form before it."""
    if is_enhanced(request):
        return _errors_of(form)
    return render(request, template, {**context, "form": form}, status=422)


def invalid_edit(request: HttpRequest, form: forms.Form, url: str) -> HttpResponse:
    """The same for fields that stand on a record's page, which is a live region: without a script, toasts say it."""
    if is_enhanced(request):
        return _errors_of(form)
    for name, lines in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        told = " ".join(str(line) for line in lines)
        messages.error(request, f"{label}: {told}" if label else told)
    return HttpResponseRedirect(url, status=303)


def _errors_of(form: forms.Form) -> JsonResponse:
    errors = {"" if name == "__all__" else name: list(lines) for name, lines in form.errors.items()}
    return JsonResponse({"errors": errors}, status=422)
