from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """What a person may ask for: all that is held on them, and that it goes. It has no table of its own."""

    name = "crm.privacy"
    label = "privacy"
