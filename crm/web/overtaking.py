"""A field that somebody else changed while one was changing it: what a page is told, and what it tells the server."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse

from crm.web.answers import error_lines, invalid_edit, is_enhanced
from realtime.functions import Phrase, PreconditionFailed
from realtime.functions.errors import ArgumentError


def begun_from(request: HttpRequest) -> dict[str, Any]:
    """The arguments that say which version the change began from; none if the page does not tell."""
    version = request.POST.get("version", "")
    return {"version": int(version), "merge": True} if version.isdecimal() and int(version) else {}


def kept(request: HttpRequest, answer: HttpResponse, version: int) -> HttpResponse:
    """The answer to a saved field with the version that it made, from which the next change begins."""
    if is_enhanced(request):
        return JsonResponse({"toast": "", "location": None, "version": version})
    return answer


def overtaken(
    request: HttpRequest, form: forms.Form, error: PreconditionFailed, row: Mapping[str, Any], url: str
) -> HttpResponse:
    """What changed meanwhile, field by field, and the values as they are: the page lets one choose."""
    told = PreconditionFailed(error.detail, errors=[_readable(form, each, row) for each in error.errors])
    if not is_enhanced(request):
        for name, lines in error_lines(told).items():
            form.add_error(name if name in form.fields else None, lines)
        return invalid_edit(request, form, url)
    values = {name: "" if row.get(name) is None else str(row[name]) for name in form.fields}
    conflict = {"version": row["version"], "values": values}
    return JsonResponse({"errors": error_lines(told), "conflict": conflict}, status=412)


def _readable(form: forms.Form, error: ArgumentError, row: Mapping[str, Any]) -> ArgumentError:
    """The error with names in place of ids, where the field is a choice."""
    name = error["param"].removeprefix("changes.")
    field: Any = form.fields.get(name)
    detail = error["detail"]
    if not isinstance(detail, Phrase) or not isinstance(field, forms.ChoiceField):
        return error
    offered: Any = field.choices
    names = {str(key): str(label) for key, label in offered}
    before, after = (str(detail.values[end]).strip("“”") for end in ("before", "after"))
    labels = {"before": names.get(before, before), "after": names.get(after, after)}
    if name == "company_id":
        labels["after"] = str(row.get("company_name", ""))
    said = {**detail.values, **{end: f"“{label}”" for end, label in labels.items()}}
    return {**error, "detail": Phrase(detail.msgid, **said)}
