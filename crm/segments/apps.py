from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "crm.segments"
    label = "segments"
