"""Changing forms."""

import secrets
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Tenant
from accounts.permissions import Permission
from crm.forms.models import Form
from crm.forms.offered import OWN, offered_fields
from crm.forms.queries import get_form, problems_of
from crm.forms.schemas import FormChanges, FormDetail, FormFields, FormName, FormRef
from crm.records.writes import active_member
from realtime.functions import (
    Context,
    Id,
    InvalidInput,
    NotFound,
    Phrase,
    PreconditionFailed,
    Version,
    invalid,
    mutation,
)

MANAGE = Permission.FORM_MANAGE
KNOWN = {"forms_form_name_key": ("name", "Another form already has this name.")}


@mutation(permission=MANAGE, conflicts=KNOWN)
def create_form(ctx: Context, *, name: FormName, fields: FormFields | None = None) -> FormDetail:
    """Make a form: on at once, asking for names, an email address and a message unless you say what."""
    asked = [field.model_dump() for field in fields] if fields else _first_fields()
    _refuse_wrong(asked)
    row = Form.objects.create(
        name=name, title=name, token=_new_token(ctx.schema), fields=asked, source=_("Web form")
    )
    ctx.audit("form", row.pk, {"name": [None, name]})
    return get_form(ctx, form_id=row.pk)


@mutation(permission=MANAGE, conflicts=KNOWN)
def update_form(
    ctx: Context, *, form_id: Id, changes: FormChanges, version: Version | None = None
) -> FormDetail:
    """Change what a form asks, says or does; what is not sent stays."""
    row = _lock(form_id, version)
    sent: dict[str, Any] = changes.sent()
    if "fields" in sent:
        sent["fields"] = [field.model_dump() for field in sent["fields"]]
        _refuse_wrong(sent["fields"])
    if sent.get("owner_id") is not None:
        active_member(sent["owner_id"])
    differing = {name: value for name, value in sent.items() if getattr(row, name) != value}
    if differing:
        ctx.audit("form", row.pk, {name: [getattr(row, name), new] for name, new in differing.items()})
        for name, value in differing.items():
            setattr(row, name, value)
        row.version, row.updated_at = row.version + 1, ctx.now
        row.save()
    return get_form(ctx, form_id=row.pk)


@mutation(permission=MANAGE)
def delete_form(ctx: Context, *, form_id: Id, version: Version | None = None) -> FormRef:
    """Delete a form with what was sent with it, for good; the contacts stay."""
    row = _lock(form_id, version)
    ctx.audit("form", row.pk, {"name": [row.name, None]})
    row.delete()
    return {"id": form_id}


def _lock(form_id: int, version: int | None) -> Form:
    row = Form.objects.select_for_update().filter(pk=form_id).first()
    if row is None:
        raise NotFound("There is no form with this id.")
    if version is not None and row.version != version:
        raise PreconditionFailed("Somebody changed this form meanwhile: look at it again.")
    return row


def _first_fields() -> list[dict[str, Any]]:
    return [
        {"key": key, "label": str(OWN[key][1]), "help": "", "required": key == "email"}
        for key in ("first_name", "last_name", "email", "message")
    ]


def _refuse_wrong(fields: list[dict[str, Any]]) -> None:
    """InvalidInput for an unknown field, one that is asked twice, or if no field identifies the sender."""
    keys, offered = [field["key"] for field in fields], offered_fields()
    if len(set(keys)) < len(keys):
        raise invalid("fields", "Ask for each field once.", "not_unique")
    unknown = [key for key in keys if key not in offered]
    if unknown:
        detail = Phrase("There is no field %(key)s to ask for.", key=unknown[0])
        raise InvalidInput(errors=[{"param": "fields", "code": "unknown_field", "detail": detail}])
    for problem in problems_of(fields, offered):
        raise InvalidInput(errors=[{"param": "fields", "code": "required", "detail": problem}])


def _new_token(schema: str) -> str:
    """The tenant's number, by which the address finds it, and what nobody guesses."""
    number = Tenant.objects.values_list("pk", flat=True).get(schema_name=schema)
    return f"{number}-{secrets.token_urlsafe(18).replace('_', 'a').replace('-', 'b')}"
