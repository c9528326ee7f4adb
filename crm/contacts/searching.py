"""Contacts by any of their fields: what tables, saved views and POST /contacts/search ask."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.roles.policy import visible_to
from crm.contacts import next_task
from crm.contacts.models import Contact
from crm.contacts.phones import normalise_phone
from crm.contacts.queries import ROW
from crm.contacts.schemas import ContactRow
from crm.filters.building import OF_COMPANY, OWNED, choice, link, moment, number, text
from crm.filters.catalogs import Catalog, register
from crm.filters.fields import FilterField, Kind
from crm.filters.grammar import Filter
from crm.filters.searching import TimeZone, search_page
from crm.filters.sorting import SortKey
from crm.search.matching import divide
from realtime.functions import Context, Cursor, Limit, Page, Search, query

TIME_FRAMES = (
    ("now", _("Now")),
    ("3_months", _("Within 3 months")),
    ("6_months", _("Within 6 months")),
    ("12_months", _("Within a year")),
    ("later", _("Later")),
)

#: What contacts are read by in order.
MOMENTS = ("last_activity_at", "created_at", "updated_at", "next_task_due_at")


def _digits(written: str) -> str:
    """A whole number as E.164, part of one as its digits."""
    return normalise_phone(written) or "".join(character for character in written if character.isdigit())


CATALOG = register(
    Catalog(
        object="contact",
        permission=Permission.CONTACT_VIEW,
        search="contacts.search_contacts",
        default_sort="-last_activity_at",
        ordered=frozenset({"full_name", *MOMENTS}),
        indexed=frozenset({"email", "phone", "tags", "company_id", "owner_id", "team_id", *MOMENTS}),
        fields=(
            text("full_name", _("Name")),
            text("first_name", _("First name")),
            text("last_name", _("Last name")),
            text("email", _("Email"), prepare=str.lower),
            text("phone", _("Phone"), sort=False, prepare=_digits, path="phone_e164"),
            link("stage_id", _("Stage"), "contact_stages", sort="stage__position", nullable=False),
            text("source", _("Source")),
            FilterField("tags", _("Tags"), Kind.CHOICES, "tags", offers="tags"),
            *OWNED,
            moment("last_activity_at", _("Last activity")),
            FilterField(
                "next_task_due_at",
                _("Next task"),
                Kind.MOMENT,
                "next_task_due_at",
                True,
                sort="next_task_due_at",  # those without one are not in the list
                open_if=Q(next_task_due_at__isnull=False),
                whose="next_task_",
                through_permission=Permission.TASK_VIEW,
                rule="next_task",
            ),
            link("company_id", _("Company"), "companies", sort="company_name"),
            *OF_COMPANY,
            text("job_title", _("Job title")),
            number("price", _("Price"), nullable=True),
            choice("time_frame", _("Time frame"), TIME_FRAMES),
            text("background", _("Background"), sort=False),
        ),
    )
)


@query(permission=Permission.CONTACT_VIEW)
def search_contacts(
    ctx: Context,
    *,
    filter: Filter | None = None,
    search: Search = "",
    archived: bool = False,
    sort: SortKey = "-last_activity_at",
    time_zone: TimeZone = "UTC",
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[ContactRow]:
    """Find the contacts that you may see by a filter on any of their fields, in any order.

    A filter is a condition {"field", "op", "value"}, or a group {"all": [...]} or {"any": [...]} of filters;
    docs/filters.md has the fields and operators. ``time_zone`` says where days begin. ``search`` finds parts of
    names, email addresses and phone numbers. Sorted by ``next_task_due_at`` come those whose next task you may see.
    """

    def visible() -> QuerySet[Contact, Any]:
        everything = Contact.objects.filter(archived_at__isnull=not archived)
        seen = visible_to(ctx, Permission.CONTACT_VIEW, everything)
        return next_task.with_next_task(ctx, seen) if sort.lstrip("-") == "next_task_due_at" else seen

    among = divide(ctx, "contact", visible, search, binned=archived)
    found: Page[Any] = search_page(
        ctx,
        CATALOG,
        among,
        lambda _ctx: ROW,
        filter=filter,
        sort=sort,
        time_zone=time_zone,
        cursor=cursor,
        limit=limit,
    )
    next_task.only_seen(ctx, found["data"])
    return found
