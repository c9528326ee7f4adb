from django.apps import AppConfig


class ChangesConfig(AppConfig):
    name = "realtime.changes"
    label = "changes"

    def ready(self) -> None:
        from realtime.changes.trigger import register_triggers

        register_triggers()
