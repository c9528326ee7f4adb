"""Somebody else was faster: what a page is told, and what it tells the server.

A field, or a form as a whole, says from which version its change began. Whoever changed something else meanwhile is
in nobody's way; whoever changed the same is named, with what it was and what it is now, and one chooses.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from crm.web.answers import add_errors, error_lines, invalid_edit, is_enhanced, saved
from crm.web.numbers import whole
from crm.web.pages import PageRequest
from realtime.functions import FunctionError, Phrase, PreconditionFailed
from realtime.functions.call import call
from realtime.functions.errors import ArgumentError
from realtime.functions.registry import AnyFunction

#: How often a change begins anew because others changed what is not in its way.
ATTEMPTS = 4


def begun_from(request: HttpRequest) -> dict[str, Any]:
    """The arguments that say which version the change began from; none if the page does not tell."""
    version = whole(request.POST.get("version", ""))
    return {"version": version, "merge": True} if version else {}


def change(
    request: PageRequest,
    form: Any,
    function: AnyFunction,
    args: Mapping[str, Any],
    read: Callable[[], Any],
    url: str,
) -> HttpResponse:
    """Save fields of a record where they stand. ``read`` finds the record as it is when somebody was faster."""
    if form.is_valid():
        given = {**args, "changes": form.cleaned_data, **begun_from(request)}
        try:
            row: Any = call(function, request.ctx, given)
            return kept(request, saved(request, url), row["version"])
        except PreconditionFailed as error:
            return overtaken(request, form, error, read(), url)
        except FunctionError as error:
            add_errors(form, error)
    return invalid_edit(request, form, url)


def call_unless(
    request: PageRequest,
    function: AnyFunction,
    args: Mapping[str, Any],
    read: Callable[[], Any],
    was_faster: Callable[[Any], bool],
) -> Any:
    """Call the mutation from the version that the form began with, or from a newer one that is not in its way.

    PreconditionFailed, if ``was_faster`` says of the record as it is that somebody did what rules this out.
    """
    begun = begun_from(request).get("version")
    for attempt in range(ATTEMPTS):
        given = {**args, "version": begun} if begun else args
        try:
            return call(function, request.ctx.again() if attempt else request.ctx, given)
        except PreconditionFailed:
            row = read()
            if attempt == ATTEMPTS - 1 or was_faster(row):
                raise
            begun = row["version"]
    raise AssertionError("never comes here")


def assign(
    request: PageRequest, function: AnyFunction, args: Mapping[str, Any], read: Callable[[], Any]
) -> Any:
    """Give a record to another owner, unless somebody did so since the page was drawn: that is told."""
    found: Any = None

    def was_given(row: Any) -> bool:
        nonlocal found
        found = row
        return str(row["owner_id"] or "") != request.POST.get("from_owner_id", str(row["owner_id"] or ""))

    try:
        return call_unless(request, function, args, read, was_given)
    except PreconditionFailed:
        owner = found["owner_name"] or _("nobody")
        told = _("Somebody gave this to %(name)s meanwhile. Choose again if it is to be another.")
        raise PreconditionFailed(told % {"name": owner}) from None


def kept(request: HttpRequest, answer: HttpResponse, version: int) -> HttpResponse:
    """The answer to a saved field with the version that it made, from which the next change begins."""
    if is_enhanced(request):
        return JsonResponse({"toast": "", "location": None, "version": version})
    return answer


def overtaken(
    request: HttpRequest,
    form: Any,
    error: PreconditionFailed,
    row: Mapping[str, Any],
    url: str,
    values: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """What changed meanwhile, field by field, and the values as they are: the page lets one choose."""
    told = PreconditionFailed(error.detail, errors=[_readable(form, each, row) for each in error.errors])
    if not is_enhanced(request):
        for name, lines in error_lines(told).items():
            form.add_error(name if name in form.fields else None, lines)
        return invalid_edit(request, form, url)
    conflict = {
        "version": row["version"],
        "values": values_of(form, row) if values is None else values,
        "parts": {parts[0]: parts for parts in getattr(form, "PARTS", {}).values()},
    }
    return JsonResponse({"errors": error_lines(told), "conflict": conflict}, status=412)


def values_of(form: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    """The record's values as the form's controls hold them."""
    fresh = type(form)(form.ctx, row=row) if hasattr(form, "ctx") else form
    return {name: _held(fresh[name]) for name in form.fields if name in fresh.fields}


def _held(bound: forms.BoundField) -> Any:
    value = bound.value() if not bound.form.is_bound else bound.initial
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return [str(part) for part in value]
    if isinstance(bound.field.widget, forms.Select | forms.CheckboxInput):
        return str(value)
    return str(bound.field.widget.format_value(value) or "")


def _readable(form: Any, error: ArgumentError, row: Mapping[str, Any]) -> ArgumentError:
    """The error at the form's control, with names in place of ids where that is a choice, and times as people say."""
    name = error["param"].removeprefix("changes.")
    control = getattr(form, "PARTS", {}).get(name, (name,))[0]
    detail = error["detail"]
    if isinstance(detail, Phrase):
        detail = _in_words(form, name, detail, row)
    return {**error, "param": f"changes.{control}", "detail": detail}


def _in_words(form: Any, name: str, detail: Phrase, row: Mapping[str, Any]) -> Phrase:
    if name == "recurrence":
        return Phrase("%(who)s changed this.", who=detail.values.get("who", _("Somebody")))
    field: Any = form.fields.get(name)
    ends = {end: str(detail.values[end]).strip("“”") for end in ("before", "after")}
    if isinstance(field, forms.ChoiceField):
        offered: Any = field.choices
        names = {str(key): str(label) for key, label in offered}
        ends = {end: names.get(said, said) for end, said in ends.items()}
        for kind in ("company", "contact"):
            if name == f"{kind}_id":
                ends["after"] = str(row.get(f"{kind}_name") or "")
    elif name.endswith("_at"):
        ends = {end: _moment(said) for end, said in ends.items()}
    return Phrase(detail.msgid, **{**detail.values, **{end: f"“{said}”" for end, said in ends.items()}})


def _moment(said: str) -> str:
    found = parse_datetime(said) if said else None
    return date_format(localtime(found), "DATETIME_FORMAT") if found else said
