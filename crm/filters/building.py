"""Short words for the fields of a catalog."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from crm.filters.fields import FilterField, Kind

Options = tuple[tuple[str, Any], ...]


def text(
    key: str, label: Any, *, sort: bool = True, prepare: Callable[[str], str] | None = None, path: str = ""
) -> FilterField:
    """A text column of the record."""
    return FilterField(key, label, Kind.TEXT, path or key, prepare=prepare, sort=key if sort else "")


def number(key: str, label: Any, *, nullable: bool = False) -> FilterField:
    """An amount."""
    return FilterField(key, label, Kind.NUMBER, key, nullable, sort=key, sort_nullable=nullable)


def moment(key: str, label: Any, *, nullable: bool = False, open_if: Q | None = None) -> FilterField:
    """A time. With ``open_if`` it can be overdue, while that holds."""
    return FilterField(
        key, label, Kind.MOMENT, key, nullable, sort=key, sort_nullable=nullable, open_if=open_if
    )


def day(key: str, label: Any, *, open_if: Q | None = None) -> FilterField:
    """A date, or none."""
    return FilterField(key, label, Kind.DATE, key, True, sort=key, sort_nullable=True, open_if=open_if)


def choice(key: str, label: Any, options: Options) -> FilterField:
    """One of a few words."""
    return FilterField(key, label, Kind.CHOICE, key, sort=key, options=options)


def link(
    key: str, label: Any, offers: str, *, sort: str = "", nullable: bool = True, sort_nullable: bool = False
) -> FilterField:
    """Another row, by id."""
    return FilterField(
        key, label, Kind.LINK, key, nullable, sort=sort, sort_nullable=sort_nullable, offers=offers
    )


def of_company(column: str, label: Any) -> FilterField:
    """A text of the company, as far as the actor sees that company."""
    return FilterField(
        f"company.{column}",
        label,
        Kind.TEXT,
        f"company__{column}",
        through="company",
        whose="company__",
        through_permission=Permission.COMPANY_VIEW,
        rule="company_id",
    )


OWNED = (
    FilterField(
        "owner_id", _("Owner"), Kind.MEMBER, "owner_id", True, sort="owner__name", sort_nullable=True,
        offers="members",
    ),
    FilterField("team_id", _("Team"), Kind.TEAM, "team_id", True, sort="", offers="teams"),
    moment("created_at", _("Added")),
    moment("updated_at", _("Changed")),
)  # fmt: skip
OF_COMPANY = (
    of_company("industry", _("Company's industry")),
    of_company("city", _("Company's city")),
    of_company("domain", _("Company's domain")),
)
