from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Taking people in from other programs, in one call. It has no table of its own: an event is an activity."""

    name = "crm.intake"
    label = "intake"
