"""Phone numbers as E.164, by the library that knows every country's plan."""

import phonenumbers

#: A number without a country code is read as one of this region.
DEFAULT_REGION = "US"


def normalise_phone(written: str, region: str = DEFAULT_REGION) -> str:
    """The number as E.164 ("+14155550123"), or nothing if it can't be one."""
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
