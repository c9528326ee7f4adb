from django.apps import AppConfig


class FunctionsConfig(AppConfig):
    name = "realtime.functions"
    label = "functions"
