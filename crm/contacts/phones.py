"""Phone numbers as E.164, by the library that knows every country's plan."""

import phonenumbers

from accounts.models import Tenant
from realtime.functions import Context
from realtime.reads.fixed import FixedQuery

#: A number without a country code belongs to this region, unless the tenant says otherwise.
DEFAULT_REGION = "US"
COUNTRY = FixedQuery(lambda schema: Tenant.objects.filter(schema_name=schema).values_list("country"))


def normalise_phone(written: str, region: str = DEFAULT_REGION) -> str:
    """The number as E.164 ("+14155550123"), or nothing if it can't be one."""
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def e164(ctx: Context, written: str) -> str:
    """The number as E.164; the tenant's country is asked for only where the number does not name its own."""
    if not written or written.startswith("+"):
        return normalise_phone(written)
    found = COUNTRY.rows(ctx.schema)
    return normalise_phone(written, found[0][0] if found else DEFAULT_REGION)


def last_digits(written: str, normalised: str) -> str:
    """The last seven digits: what two ways to write one number have in common."""
    return "".join(character for character in normalised or written if character.isdigit())[-7:]
