from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit log's area; its table is the call path's own (realtime.functions)."""

    name = "crm.audit"
    label = "audit"
