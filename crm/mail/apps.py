from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "crm.mail"
    label = "mail"

    def ready(self) -> None:
        """Register the kinds of due work."""
        from crm.mail import copying, delivering, polling

        _ = copying, delivering, polling
