"""Live regions of the forms for web pages."""

from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.forms.offered import offered_fields
from crm.forms.queries import get_form, list_forms, list_submissions
from crm.web.forms.fields import TYPE_LABELS
from crm.web.pages import ask, trail_pages
from realtime.functions import Context, Cursor, Id
from realtime.live.fragments import fragment


@fragment("settings/forms", template="settings/_forms.html")
def forms(ctx: Context, *, cursor: Cursor | None = None, trail: str = "") -> dict[str, Any]:
    """A page of the forms."""
    found = ask(ctx, list_forms, cursor=cursor)
    return {
        "rows": found["data"],
        "pages": trail_pages({"cursor": cursor}, found["next_cursor"], trail),
        "may_manage": scope_of(ctx).allows(Permission.FORM_MANAGE),
    }


@fragment("settings/form", template="settings/_form.html")
def form(ctx: Context, *, form_id: Id) -> dict[str, Any]:
    """One form's fields and settings."""
    row = ask(ctx, get_form, form_id=form_id)
    fields = [{**field, "type_label": TYPE_LABELS[field["type"]]} for field in row["fields"]]
    return {
        "row": row,
        "fields": fields,
        "may_manage": scope_of(ctx).allows(Permission.FORM_MANAGE),
    }


@fragment("settings/submissions", template="settings/_submissions.html")
def submissions(
    ctx: Context, *, form_id: Id, cursor: Cursor | None = None, trail: str = ""
) -> dict[str, Any]:
    """What was sent, the latest first."""
    found = ask(ctx, list_submissions, form_id=form_id, cursor=cursor)
    labels = {key: field.label for key, field in offered_fields().items()}
    return {
        "rows": [{**row, "said": _said(row["values"], labels)} for row in found["data"]],
        "pages": trail_pages({"cursor": cursor}, found["next_cursor"], trail),
    }


def _said(values: dict[str, Any], labels: dict[str, str]) -> list[tuple[str, str]]:
    """The values in words, with what they are."""
    return [(labels.get(key, key), _in_words(value)) for key, value in values.items()]


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    moment = (
        parse_datetime(value) if isinstance(value, str) and value.endswith("Z") and len(value) == 20 else None
    )
    return date_format(localtime(moment), "DATETIME_FORMAT") if moment else str(value)
