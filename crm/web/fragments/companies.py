"""Live regions about companies."""

from typing import Any

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.companies.queries import get_company
from crm.contacts.profile import list_company_roles
from crm.contacts.queries import list_contacts
from crm.web import choices
from crm.web.forms.companies import CompanyEditForm
from crm.web.forms.records import may
from crm.web.pages import ask
from realtime.functions import Context, Id
from realtime.live.fragments import fragment


@fragment("companies/record", template="companies/_record.html")
def company_record(ctx: Context, *, company_id: Id) -> dict[str, Any]:
    """A company's fields, to be changed where they stand."""
    row = ask(ctx, get_company, company_id=company_id)
    form = CompanyEditForm(ctx, row=row, auto_id="company_%s")
    may_edit = not row["archived_at"] and may(ctx, Permission.COMPANY_EDIT, row)
    if not may_edit:
        form.disable_all()
    owners = choices.with_present(choices.member_choices(ctx), row["owner_id"], row["owner_name"])
    return {
        "company": row,
        "form": form,
        "owners": choices.with_blank(choices.NOBODY, owners),
        "may_assign": may_edit,
    }


@fragment("companies/head", template="companies/_head.html")
def company_head(ctx: Context, *, company_id: Id) -> dict[str, Any]:
    """A company's name and what can be done with it as a whole."""
    row = ask(ctx, get_company, company_id=company_id)
    return {"company": row, "may_delete": may(ctx, Permission.COMPANY_DELETE, row)}


@fragment("companies/contacts", template="companies/_contacts.html")
def company_contacts(ctx: Context, *, company_id: Id) -> dict[str, Any]:
    """The people of a company whom the member may see."""
    is_shown = "company_id" not in scope_of(ctx).hidden_fields("contact")
    is_allowed = is_shown and scope_of(ctx).allows(Permission.CONTACT_VIEW)
    rows = ask(ctx, list_contacts, company_id=company_id, limit=50)["data"] if is_allowed else []
    may_create = scope_of(ctx).allows(Permission.CONTACT_CREATE)
    if rows:
        roles = {
            place["contact_id"]: place["role"]
            for place in ask(ctx, list_company_roles, company_id=company_id)
        }
        rows = [{**row, "role": roles.get(row["id"], "")} for row in rows]
    return {"rows": rows, "company_id": company_id, "is_allowed": is_allowed, "may_create": may_create}
