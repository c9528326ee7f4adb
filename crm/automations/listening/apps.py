from django.apps import AppConfig


class ListeningConfig(AppConfig):
    name = "crm.automations.listening"
    label = "listening"
