"""Live regions about deals."""

from typing import Any

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.deals.parties import list_deal_contacts, list_deal_members
from crm.deals.queries import get_deal, list_deals
from crm.web import choices
from crm.web.forms.deals import DealEditForm
from crm.web.forms.records import may
from crm.web.pages import ask
from realtime.functions import Context, Id
from realtime.live.fragments import fragment


@fragment("deals/record", template="deals/_record.html")
def deal_record(ctx: Context, *, deal_id: Id) -> dict[str, Any]:
    """A deal's fields, to be changed where they stand; its stage and owner too."""
    row = ask(ctx, get_deal, deal_id=deal_id)
    is_open = not row["archived_at"]
    rots_at = row["rots_at"]
    is_rotting = rots_at is not None and rots_at <= ctx.now
    if rots_at is not None and not is_rotting:
        ctx.valid_until(rots_at)
    form = DealEditForm(ctx, row=row, auto_id="deal_%s")
    if not is_open or not may(ctx, Permission.DEAL_EDIT, row):
        form.disable_all()
    owners = choices.with_present(choices.member_choices(ctx), row["owner_id"], row["owner_name"])
    return {
        "deal": row,
        "is_rotting": is_rotting,
        "form": form,
        "stages": choices.deal_stage_choices(ctx),
        "owners": choices.with_blank(choices.NOBODY, owners),
        "may_move": is_open and may(ctx, Permission.DEAL_MOVE, row),
        "may_assign": is_open and may(ctx, Permission.DEAL_ASSIGN, row),
    }


@fragment("deals/head", template="deals/_head.html")
def deal_head(ctx: Context, *, deal_id: Id) -> dict[str, Any]:
    """A deal's title and what can be done with it as a whole."""
    row = ask(ctx, get_deal, deal_id=deal_id)
    return {
        "deal": row,
        "may_move": not row["archived_at"] and may(ctx, Permission.DEAL_MOVE, row),
        "may_delete": may(ctx, Permission.DEAL_DELETE, row),
    }


@fragment("deals/parties", template="deals/_parties.html")
def deal_parties(ctx: Context, *, deal_id: Id) -> dict[str, Any]:
    """The people with a part in a deal, and the colleagues on it."""
    row = ask(ctx, get_deal, deal_id=deal_id)
    shows_contacts = "contact_id" not in scope_of(ctx).hidden_fields("deal")
    members = ask(ctx, list_deal_members, deal_id=deal_id)
    return {
        "deal_id": deal_id,
        "contacts": ask(ctx, list_deal_contacts, deal_id=deal_id) if shows_contacts else [],
        "members": members,
        "members_count": len(members),
        "currency": row.get("currency", ""),
        "may_edit": not row["archived_at"] and may(ctx, Permission.DEAL_EDIT, row),
    }


@fragment("deals/of_contact", template="deals/_card.html")
def deals_of_contact(ctx: Context, *, contact_id: Id) -> dict[str, Any]:
    """The deals with a contact that the member may see."""
    return {**_linked(ctx, "contact_id", contact_id), "create_query": f"?contact={contact_id}"}


@fragment("deals/of_company", template="deals/_card.html")
def deals_of_company(ctx: Context, *, company_id: Id) -> dict[str, Any]:
    """The deals with a company that the member may see."""
    return {**_linked(ctx, "company_id", company_id), "create_query": f"?company={company_id}"}


def _linked(ctx: Context, field: str, pk: int) -> dict[str, Any]:
    scope = scope_of(ctx)
    is_allowed = scope.allows(Permission.DEAL_VIEW) and field not in scope.hidden_fields("deal")
    return {
        "is_allowed": is_allowed,
        "rows": ask(ctx, list_deals, **{field: pk}, limit=50)["data"] if is_allowed else [],
        "may_create": scope.allows(Permission.DEAL_CREATE),
    }
