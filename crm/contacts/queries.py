"""Reading contacts."""

from typing import Any, cast

from django.db.models import QuerySet
from pydantic import AwareDatetime

from accounts.permissions import Permission
from accounts.roles.policy import visible_to
from crm.contacts import next_task
from crm.contacts.models import Contact, ContactCompany, ContactStage, EmailAddress, PhoneNumber
from crm.contacts.phones import e164
from crm.contacts.schemas import ContactDetail, ContactOrder, ContactRow
from crm.records.custom import COLUMN
from crm.records.fields import FieldMap, plain, readable, refuse_hidden, shows
from crm.records.reading import read_page, read_record, read_rows
from crm.records.schemas import Choice
from crm.search.matching import matching
from realtime.functions import Context, Cursor, Id, Limit, NotFound, Page, Search, query, take_page
from realtime.reads.fixed import FixedQuery

ROW = {
    **plain("id", "full_name", "first_name", "last_name", "email", "phone", "job_title", "stage_id"),
    "stage_name": "stage__name",
    **plain("source", "company_id", "company_name", "tags", "price", "time_frame", "external_id", "owner_id"),
    "owner_name": "owner__name",
    "custom": COLUMN,
    **plain(*next_task.COLUMNS),
    **plain("team_id", "last_activity_at", "created_at", "updated_at", "archived_at", "version"),
}
DETAIL = {**ROW, **plain("background", "phone_e164"), "team_name": "team__name"}


@query(permission=Permission.CONTACT_VIEW)
def list_contacts(
    ctx: Context,
    *,
    search: Search = "",
    owner_id: Id | None = None,
    stage_id: Id | None = None,
    company_id: Id | None = None,
    updated_since: AwareDatetime | None = None,
    archived: bool = False,
    sort: ContactOrder = "-last_activity_at",
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[ContactRow]:
    """List the contacts that you may see, most recently active first.

    ``search`` finds as ``search.search_records`` does. ``archived`` lists the bin instead. Sorted by
    ``next_task_due_at`` come those whose next task you may see, the first due one first.
    """
    refuse_hidden(ctx, "contact", stage_id=stage_id, company_id=company_id)
    order = (sort, "-id" if sort.startswith("-") else "id")
    if (owner_id, stage_id, company_id, updated_since, search) == (None, None, None, None, ""):
        return _first_ones(ctx, archived, order, cursor, limit)
    found = visible_to(ctx, Permission.CONTACT_VIEW, Contact.objects.filter(archived_at__isnull=not archived))
    if owner_id is not None:
        found = found.filter(owner_id=owner_id)
    if stage_id is not None:
        found = found.filter(stage_id=stage_id)
    if company_id is not None:
        places = ContactCompany.objects.filter(company_id=company_id)
        found = found.filter(pk__in=places.values("contact_id"))
    if updated_since is not None:
        found = found.filter(updated_at__gte=updated_since)
    if sort == "next_task_due_at":
        found = next_task.with_next_task(ctx, found)
    columns, renamed = readable(ctx, "contact", ROW)
    found = matching(ctx, "contact", found, search, binned=archived)
    rows, next_cursor = take_page(found.values(*columns, **renamed), order=order, cursor=cursor, limit=limit)
    return {"data": next_task.only_seen(ctx, rows), "next_cursor": next_cursor}


def _first_ones(
    ctx: Context, archived: bool, order: tuple[str, ...], cursor: str | None, limit: int
) -> Page[ContactRow]:
    """The list that nothing narrows but the actor's sight."""

    def build() -> Any:
        found = Contact.objects.filter(archived_at__isnull=not archived)
        found = visible_to(ctx, Permission.CONTACT_VIEW, found)
        if order[0] == "next_task_due_at":
            found = next_task.with_next_task(ctx, found)
        columns, renamed = readable(ctx, "contact", ROW)
        return found.values(*columns, **renamed)

    rows, next_cursor = read_page(
        ctx, ("contacts", archived), build, [], order=order, cursor=cursor, limit=limit
    )
    return {"data": next_task.only_seen(ctx, rows), "next_cursor": next_cursor}


@query(permission=Permission.CONTACT_VIEW)
def get_contact(ctx: Context, *, contact_id: Id) -> ContactDetail:
    """Read one contact, in the bin or not."""
    row: Any = read_record(ctx, Contact, "contact", _detail, contact_id)
    if row is None:
        raise NotFound("There is no contact with this id.")
    return cast("ContactDetail", next_task.only_seen(ctx, [row])[0])


def _detail(ctx: Context) -> FieldMap:
    return DETAIL


@query(permission=Permission.CONTACT_VIEW)
def lookup_contact(ctx: Context, *, email: Search = "", phone: Search = "") -> Page[ContactRow]:
    """Find contacts by exact email address or phone number, normalised; up to 50, no cursor.

    All addresses and numbers of a contact count, not only the primary ones: one probe of one index each.
    """
    points: dict[str, str] = {}
    if email and shows(ctx, "contact", "email"):
        points["address"] = email.lower()
    number = e164(ctx, phone) if phone and shows(ctx, "contact", "phone") else ""
    if number:
        points["e164"] = number
    if not points:
        return {"data": [], "next_cursor": None}

    def build(*values: str) -> QuerySet[Contact, Any]:
        found: list[Any] = [
            POINTS[name].objects.filter(**{name: value}).values("contact_id")
            for name, value in zip(points, values, strict=True)
        ]
        live = Contact.objects.filter(archived_at__isnull=True, pk__in=found[0].union(*found[1:]))
        columns, renamed = readable(ctx, "contact", ROW)
        seen: QuerySet[Contact, Any] = visible_to(ctx, Permission.CONTACT_VIEW, live).values(
            *columns, **renamed
        )
        return seen.order_by("id")[:50]

    rows: list[Any] = read_rows(ctx, ("lookup", *points), build, *points.values())
    return {"data": next_task.only_seen(ctx, rows), "next_cursor": None}


#: Where a contact's addresses and numbers stand.
POINTS: dict[str, type[EmailAddress] | type[PhoneNumber]] = {"address": EmailAddress, "e164": PhoneNumber}


@query(permission=Permission.CONTACT_VIEW)
def list_contact_stages(ctx: Context) -> list[Choice]:
    """List the stages of the relationship, in order."""
    return cast("list[Choice]", STAGES.dicts())


STAGES = FixedQuery(
    lambda: ContactStage.objects.order_by("position", "id").values("id", "name")[:200], parameters=0
)
