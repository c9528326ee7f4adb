from django.apps import AppConfig


class ChangesConfig(AppConfig):
    name = "realtime.changes"
    label = "changes"
