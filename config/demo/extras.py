"""What hangs on contacts and deals, and the views that the firm shares."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from accounts.roles.models import Member
from config.demo.chance import Chance, write
from config.demo.words import CITIES, PLACES, STREETS
from crm.contacts.models import Address, Consent, Contact, Relationship
from crm.deals.models import Deal, DealContact, DealMember
from crm.segments.models import SavedView

VIEWS: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("contact", "Mine", {"field": "owner_id", "op": "is_me"}, "-last_activity_at"),
    (
        "contact",
        "Gone quiet",
        {
            "all": [
                {"field": "owner_id", "op": "is_me"},
                {"field": "last_activity_at", "op": "more_than_ago", "value": {"count": 30, "unit": "day"}},
            ]
        },
        "last_activity_at",
    ),
    ("contact", "Investors", {"field": "tags", "op": "any_of", "value": ["Investor"]}, "-last_activity_at"),
    (
        "deal",
        "Closing soon",
        {
            "all": [
                {"field": "status", "op": "is", "value": "open"},
                {"field": "close_date", "op": "in_next", "value": {"count": 30, "unit": "day"}},
            ]
        },
        "close_date",
    ),
    (
        "deal",
        "Large ones",
        {
            "all": [
                {"field": "status", "op": "is", "value": "open"},
                {"field": "amount", "op": "at_least", "value": 50_000},
            ]
        },
        "-amount",
    ),
)
KINDS = ("spouse", "friend", "colleague")


def seed_parts(chance: Chance, contacts: list[Contact]) -> None:
    """Addresses of some, what some have agreed to, and who belongs together."""
    write(Address, (_address(chance, each) for each in contacts[::3]))
    write(Consent, (_consent(chance, each) for each in contacts[::4]))
    pairs = zip(contacts[::20], contacts[1::20], strict=False)
    write(
        Relationship, (Relationship(contact=one, other=other, kind=chance.one(KINDS)) for one, other in pairs)
    )


def _address(chance: Chance, contact: Contact) -> Address:
    return Address(
        contact=contact,
        street=f"{chance.one(PLACES)} {chance.one(STREETS)} {chance.dice.randrange(1, 120)}",
        city=chance.one(CITIES),
        postal_code=f"{chance.dice.randrange(10_000, 99_999)}",
        is_primary=True,
        created_at=contact.created_at,
    )


def _consent(chance: Chance, contact: Contact) -> Consent:
    state = chance.one(("granted", "granted", "granted", "pending", "withdrawn"))
    at = contact.created_at + timedelta(minutes=5)
    return Consent(contact=contact, channel="email", state=state, proof="Form on the website", at=at)


def seed_parties(chance: Chance, deals: list[Deal], contacts: list[Contact]) -> None:
    """A second person in some deals, and a colleague who helps."""
    write(
        DealContact,
        (
            DealContact(deal=deal, contact=other, role=chance.one(("Buyer", "Seller", "Lawyer", "Bank")))
            for deal in deals[::3]
            if (other := chance.one(contacts)).pk != deal.contact_id
        ),
    )
    write(
        DealMember,
        (
            DealMember(deal=deal, member_id=helper.member_id, role="Viewing", split=Decimal(20))
            for deal in deals[::5]
            if (helper := chance.one(chance.owners)).member_id != deal.owner_id
        ),
    )


def seed_views() -> None:
    """Shared by whoever has been there longest; what is there already stays."""
    owner = Member.objects.order_by("id").first()
    if owner is None or SavedView.objects.exists():
        return
    SavedView.objects.bulk_create(
        SavedView(
            object=object,
            name=name,
            filter=filter,
            sort=sort,
            shared="everyone",
            owner=owner,
            position=position,
        )
        for position, (object, name, filter, sort) in enumerate(VIEWS)
    )
