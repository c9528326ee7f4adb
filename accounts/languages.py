"""The language and the time zone in which somebody is spoken to."""

from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils import timezone, translation

from accounts.models import User


@contextmanager
def speaking(language: str, time_zone: str) -> Iterator[None]:
    """What is written inside is in that language and time zone; the deployment's own stand in for unknown ones."""
    known = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo(settings.TIME_ZONE)
    with translation.override(known), timezone.override(zone):
        yield


@contextmanager
def speaking_to(email: str) -> Iterator[None]:
    """As the user of that address reads; whoever has no account yet is spoken to as the running code is."""
    found = User.objects.filter(email=email.lower()).values_list("locale", "time_zone").first()
    if found is None:
        yield
        return
    with speaking(*found):
        yield


def current_language() -> str:
    """The language of the running code."""
    return translation.get_language() or settings.LANGUAGE_CODE
