"""Where a contact's clock is: in the zone of their address's country or of their phone number, if it can only be one,
else in the firm's.

A country or a number counts as certain when all its zones show the same time all year (Germany has two names for one
time; the United States do not). Territories and zones are Unicode's, numbers Google's, both by way of libraries.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from babel.core import get_global
from phonenumbers import timezone as phone_zones

from accounts.models import Tenant
from crm.contacts.models import Address, Contact
from realtime.reads.fixed import FixedQuery

_FIRM = FixedQuery(lambda schema: Tenant.objects.filter(schema_name=schema).values_list("time_zone"))
#: Moments at which zones are compared: winter and summer.
_SAMPLES = (datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC))


def zone_of_contact(schema: str, contact: Contact) -> str:
    """The name of the contact's time zone."""
    country = (
        Address.objects.filter(contact=contact, is_primary=True).values_list("country", flat=True).first()
    )
    return _certain(_of_country(country or "")) or _of_phone(contact.phone_e164) or firm_zone(schema)


def zones_of_contacts(schema: str, contacts: Collection[Contact]) -> dict[int, str]:
    """The same for many contacts, by two statements: contact's id -> zone."""
    primary = Address.objects.filter(contact__in=[each.pk for each in contacts], is_primary=True)
    countries = dict(primary.values_list("contact_id", "country"))
    firm = firm_zone(schema)
    return {
        each.pk: _certain(_of_country(countries.get(each.pk) or "")) or _of_phone(each.phone_e164) or firm
        for each in contacts
    }


def firm_zone(schema: str) -> str:
    """The zone in which the firm's days begin."""
    found = _FIRM.rows(schema)
    return found[0][0] if found and is_zone(found[0][0]) else "UTC"


@cache
def is_zone(name: str) -> bool:
    """Whether there is a time zone of this name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _of_country(country: str) -> tuple[str, ...]:
    return tuple(get_global("territory_zones").get(country.upper(), ()))


def _of_phone(e164: str) -> str:
    if not e164:
        return ""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return ""
    return _certain(phone_zones.time_zones_for_number(number))


@cache
def _certain(zones: tuple[str, ...]) -> str:
    """The first of the zones if all of them show the same time; else nothing."""
    known = [name for name in zones if is_zone(name)]
    times = {tuple(moment.astimezone(ZoneInfo(name)).utcoffset() for moment in _SAMPLES) for name in known}
    return known[0] if len(times) == 1 else ""
