"""What the areas above do when somebody joins or leaves; named in the settings, as they lie above this package."""

from django.conf import settings
from django.utils.module_loading import import_string


def welcome(member_id: int) -> None:
    """A member has joined the current tenant; part of the transaction that lets them in."""
    for path in settings.MEMBER_JOINED:
        import_string(path)(member_id)


def part_with(member_id: int) -> None:
    """A member was shut out of the current tenant; part of the transaction that does it."""
    for path in settings.MEMBER_LEFT:
        import_string(path)(member_id)
