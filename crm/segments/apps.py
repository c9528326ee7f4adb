from importlib import import_module

from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "crm.segments"
    label = "segments"

    def ready(self) -> None:
        """Register the functions, of which pages need only some."""
        import_module("crm.segments.queries")
        import_module("crm.segments.mutations")
        import_module("crm.segments.view_queries")
        import_module("crm.segments.view_mutations")
