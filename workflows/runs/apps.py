from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "workflows.runs"

    def ready(self) -> None:
        """Register the functions, and runs as a kind of due work."""
        from workflows import driving, schedules
        from workflows.runs import mutations, queries, upkeep

        _ = driving, schedules, mutations, queries, upkeep
