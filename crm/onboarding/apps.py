from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    """A member's first steps. No table of its own: facts tell what is done, the member's row whether to show it."""

    name = "crm.onboarding"
    label = "onboarding"

    def ready(self) -> None:
        """Register the functions and the workflow."""
        from crm.onboarding import mutations, queries, workflows

        _ = mutations, queries, workflows
