"""Reading forms and what was sent with them."""

from collections.abc import Mapping
from typing import Any, cast

from django.db.models import F, OuterRef, Subquery

from accounts.permissions import Permission
from accounts.roles.policy import visible_to
from crm.contacts.models import Contact
from crm.fields.definitions import Definition
from crm.forms.models import Form, FormSubmission
from crm.forms.offered import REACHED_BY, asked, offered_fields
from crm.forms.schemas import FormDetail, FormFieldRow, FormRow, PublicForm, SubmissionRow, Token
from realtime.functions import Context, Cursor, Id, Limit, NotFound, Page, Phrase, query, take_page

SHOWN = ("id", "token", "title", "intro", "button", "consent_text", "consent_required", "thanks", "redirect_url",
         "origins")  # fmt: skip
KEPT = ("name", "is_on", "source", "tags", "owner_id", "updated_at", "version")
NOWHERE = "There is no form at this address."


@query(permission=Permission.FORM_VIEW)
def list_forms(ctx: Context, *, cursor: Cursor | None = None, limit: Limit = 50) -> Page[FormRow]:
    """List the forms by name, each with when it was last sent."""
    last = FormSubmission.objects.filter(form=OuterRef("pk")).order_by("-id").values("at")[:1]
    rows, next_cursor = take_page(
        Form.objects.values("id", "name", "is_on", "token", "updated_at", "version", last_at=Subquery(last)),
        order=("name", "id"),
        cursor=cursor,
        limit=limit,
    )
    data: Any = [_with_path(row) for row in rows]
    return {"data": data, "next_cursor": next_cursor}


def _with_path(row: dict[str, Any]) -> dict[str, Any]:
    return {"path": path_of(row.pop("token")), **row}


@query(permission=Permission.FORM_VIEW)
def get_form(ctx: Context, *, form_id: Id) -> FormDetail:
    """Read a form with its settings, and what keeps it from working."""
    found = Form.objects.filter(pk=form_id)
    row = found.values(*SHOWN, *KEPT, stored=F("fields"), owner_name=F("owner__name")).first()
    if row is None:
        raise NotFound("There is no form with this id.")
    stored, offered = row.pop("stored"), offered_fields()
    detail: Any = {
        **row,
        "fields": _fields(stored, offered),
        "path": path_of(row["token"]),
        "problems": problems_of(stored, offered),
    }
    return cast("FormDetail", detail)


@query(permission=Permission.SYSTEM)
def get_public_form(ctx: Context, *, token: Token) -> PublicForm:
    """Read a form by its address, for whoever fills it in; NotFound while it is off."""
    row = Form.objects.filter(token=token, is_on=True).values(*SHOWN, stored=F("fields")).first()
    if row is None:
        raise NotFound(NOWHERE)
    stored = row.pop("stored")
    found: Any = {**row, "fields": _fields(stored, offered_fields())}
    return cast("PublicForm", found)


@query(permission=Permission.FORM_VIEW)
def list_submissions(
    ctx: Context, *, form_id: Id, cursor: Cursor | None = None, limit: Limit = 50
) -> Page[SubmissionRow]:
    """List what was sent with a form, the latest first."""
    if not Form.objects.filter(pk=form_id).exists():
        raise NotFound("There is no form with this id.")
    sent = FormSubmission.objects.filter(form=form_id)
    rows, next_cursor = take_page(
        sent.values("id", "at", "contact_id", "is_new", "consented", "page", "values"),
        order=("-id",),
        cursor=cursor,
        limit=limit,
    )
    contacts = Contact.objects.filter(pk__in={row["contact_id"] for row in rows} - {None})
    names = dict(visible_to(ctx, Permission.CONTACT_VIEW, contacts).values_list("pk", "full_name"))
    data: Any = [_seen(row, names) for row in rows]
    return {"data": data, "next_cursor": next_cursor}


def _seen(row: dict[str, Any], names: dict[int, str]) -> dict[str, Any]:
    """The row as far as the actor may see its contact; what led to a contact that is gone is nobody's secret."""
    contact_id = row["contact_id"]
    if contact_id is None or contact_id in names:
        return {**row, "contact_name": names.get(contact_id, "")}
    return {**row, "contact_id": None, "contact_name": "", "values": {}, "page": ""}


def _fields(stored: list[Any], offered: Mapping[str, Definition]) -> list[FormFieldRow]:
    found: Any = [
        {
            **row,
            "type": field.type,
            "options": [{"key": key, "label": label} for key, label in field.options.items()],
        }
        for row, field in asked(stored, offered)
    ]
    return cast("list[FormFieldRow]", found)


def problems_of(stored: list[Any], offered: Mapping[str, Definition]) -> list[str]:
    """What keeps a form from working, in sentences."""
    gone = [row["label"] for row in stored if row["key"] not in offered]
    found = [
        str(Phrase("The field %(label)s is gone: take it out of the form.", label=label)) for label in gone
    ]
    if not any(row["key"] in REACHED_BY and row["required"] for row in stored):
        found.append(
            str(
                Phrase(
                    "Ask for an email address or a phone number, and require it: contacts are known by it."
                )
            )
        )
    return found


def path_of(token: str) -> str:
    """Where the form is filled in."""
    return f"/forms/{token}/"
