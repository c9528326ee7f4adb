from django.apps import AppConfig


class PresenceConfig(AppConfig):
    """Who looks at a record: the question who may. The rest is the engine's (realtime.live.presence)."""

    name = "crm.presence"
    label = "presence"
