from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "crm.mail"
    label = "mail"

    def ready(self) -> None:
        from crm.mail import bounces, delivering, unsubscribing

        _ = bounces, delivering, unsubscribing
