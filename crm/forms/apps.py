from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "crm.forms"
    label = "forms"

    def ready(self) -> None:
        """Register the functions."""
        from crm.forms import mutations, queries, submitting

        _ = mutations, queries, submitting
