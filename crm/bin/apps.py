from django.apps import AppConfig


class BinConfig(AppConfig):
    """What was thrown away, over all kinds of records; it has no table of its own."""

    name = "crm.bin"
    label = "bin"
