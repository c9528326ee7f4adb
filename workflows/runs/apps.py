from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "workflows.runs"

    def ready(self) -> None:
        """Register the functions, and runs as a kind of due work."""
        from workflows import driving
        from workflows.runs import mutations, queries, upkeep

        _ = driving, mutations, queries, upkeep
