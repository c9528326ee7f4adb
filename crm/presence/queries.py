"""Who may be seen looking at a record."""

from accounts.permissions import Permission
from accounts.roles.models import Member
from accounts.roles.policy import acting_member_id, visible_to
from crm.companies.models import Company
from crm.contacts.models import Contact
from crm.deals.models import Deal
from crm.presence.schemas import Viewer, Watched
from crm.records.models import Record
from realtime.functions import Context, Id, NotFound, query

PLACES: dict[Watched, tuple[type[Record], Permission]] = {
    "contact": (Contact, Permission.CONTACT_VIEW),
    "company": (Company, Permission.COMPANY_VIEW),
    "deal": (Deal, Permission.DEAL_VIEW),
}


@query(permission=Permission.PROFILE_VIEW)
def get_viewer(ctx: Context, *, object: Watched, record_id: Id) -> Viewer:
    """Read who you are to others at a record that you may see; NotFound if you may not."""
    model, permission = PLACES[object]
    if not visible_to(ctx, permission, model._default_manager.filter(pk=record_id)).exists():
        raise NotFound(f"There is no {object} with this id.")
    member_id = acting_member_id(ctx)
    return {"member_id": member_id, "name": Member.objects.values_list("name", flat=True).get(pk=member_id)}
