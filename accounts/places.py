"""Where somebody is, by the time zone that their browser says: what a new firm begins with."""

from zoneinfo import available_timezones

import phonenumbers
from babel.core import get_global
from babel.numbers import get_territory_currencies


def place_of(time_zone: str) -> dict[str, str]:
    """A tenant's time zone, country and currency; without what does not follow from the zone.

    The country is CLDR's for the zone (Europe/Berlin: DE), the currency the one that is paid with there today.
    """
    if "/" not in time_zone or time_zone not in available_timezones():
        return {}
    found = {"time_zone": time_zone}
    countries = get_global("zone_territories")
    country = countries.get(time_zone) or countries.get(get_global("zone_aliases").get(time_zone, ""))
    if country in phonenumbers.SUPPORTED_REGIONS:
        found["country"] = country
        paid_with = get_territory_currencies(country)
        if paid_with:
            found["currency"] = paid_with[0]
    return found
