from importlib import import_module

from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    name = "crm.companies"
    label = "companies"

    def ready(self) -> None:
        """Register the functions that no page needs."""
        import_module("crm.companies.upsert")
