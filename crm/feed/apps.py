from django.apps import AppConfig


class FeedConfig(AppConfig):
    """The feed of row changes; it has no table of its own but reads the change log."""

    name = "crm.feed"
    label = "feed"
