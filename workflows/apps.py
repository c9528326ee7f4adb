from django.apps import AppConfig
from django.core import checks


class WorkflowsConfig(AppConfig):
    name = "workflows"

    def ready(self) -> None:
        """Workflows are registered by the areas' own ``ready``: the check runs later, when all are there."""
        from workflows.purity import check_workflows_are_pure

        checks.register(check_workflows_are_pure, "workflows")
