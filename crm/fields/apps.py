from django.apps import AppConfig


class FieldsConfig(AppConfig):
    name = "crm.fields"
    label = "fields"

    def ready(self) -> None:
        from accounts.roles.fields import provide
        from crm.fields.definitions import rule_names

        provide(rule_names)
