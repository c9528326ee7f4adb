from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "crm.web"
    label = "web"

    def ready(self) -> None:
        from crm.web import fragments, tables  # noqa: F401  (registers the live regions and the searches)
