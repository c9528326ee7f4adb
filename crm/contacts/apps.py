from importlib import import_module

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "crm.contacts"
    label = "contacts"

    def ready(self) -> None:
        """Register the functions that no page needs."""
        for module in (
            "batch",
            "part_mutations",
            "pool",
            "profile",
            "relation_mutations",
            "tagging",
            "upsert",
            "words",
        ):
            import_module(f"crm.contacts.{module}")
