"""Live regions about contacts."""

from typing import Any

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.contacts.queries import get_contact
from crm.web.choices import NOBODY, member_choices, with_blank, with_present
from crm.web.forms.contacts import ContactEditForm
from crm.web.forms.records import may
from crm.web.pages import ask
from realtime.functions import Context, Id
from realtime.live.fragments import fragment


@fragment("contacts/record", template="contacts/_record.html")
def contact_record(ctx: Context, *, contact_id: Id) -> dict[str, Any]:
    """A contact's fields, to be changed where they stand."""
    row = ask(ctx, get_contact, contact_id=contact_id)
    form = ContactEditForm(ctx, row=row, auto_id="contact_%s")
    if row["archived_at"] or not may(ctx, Permission.CONTACT_EDIT, row):
        form.disable_all()
    owners = with_present(member_choices(ctx), row["owner_id"], row["owner_name"])
    return {
        "contact": row,
        "form": form,
        "owners": with_blank(NOBODY, owners),
        "may_assign": not row["archived_at"] and may(ctx, Permission.CONTACT_ASSIGN, row),
    }


@fragment("contacts/head", template="contacts/_head.html")
def contact_head(ctx: Context, *, contact_id: Id) -> dict[str, Any]:
    """A contact's name and what can be done with it as a whole."""
    row = ask(ctx, get_contact, contact_id=contact_id)
    may_mail = row["archived_at"] is None and scope_of(ctx).allows(Permission.MAIL_SEND)
    may_delete = may(ctx, Permission.CONTACT_DELETE, row)
    return {
        "contact": row,
        "may_delete": may_delete,
        "may_erase": may_delete and scope_of(ctx).allows(Permission.BIN_PURGE),
        "may_mail": may_mail,
    }
