"""Live regions about contacts."""

from typing import Any

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.contacts.queries import get_contact, list_contacts
from crm.contacts.schemas import ContactOrder
from crm.web.choices import NOBODY, member_choices, with_blank, with_present
from crm.web.forms.contacts import ContactEditForm
from crm.web.forms.records import may
from crm.web.pages import ask, trail_pages
from realtime.functions import Context, Cursor, Id, Search
from realtime.live.fragments import fragment


@fragment("contacts/table", template="contacts/_table.html")
def contacts_table(
    ctx: Context,
    *,
    search: Search = "",
    owner_id: Id | None = None,
    stage_id: Id | None = None,
    company_id: Id | None = None,
    archived: bool = False,
    sort: ContactOrder = "-last_activity_at",
    cursor: Cursor | None = None,
    trail: str = "",
) -> dict[str, Any]:
    """A page of contacts with its pager."""
    filters = {"search": search, "owner_id": owner_id, "stage_id": stage_id, "company_id": company_id}
    found = ask(ctx, list_contacts, **filters, archived=archived, sort=sort, cursor=cursor)
    address = {"q": search, "owner": owner_id, "stage": stage_id, "sort": sort, "cursor": cursor}
    return {
        "rows": found["data"],
        "pages": trail_pages({**address, "archived": "1" if archived else ""}, found["next_cursor"], trail),
        "hidden": scope_of(ctx).hidden_fields("contact"),
        "is_filtered": any(filters.values()),
        "archived": archived,
        "sort": sort,
        "may_create": scope_of(ctx).allows(Permission.CONTACT_CREATE),
    }


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
    return {"contact": row, "may_delete": may(ctx, Permission.CONTACT_DELETE, row)}
