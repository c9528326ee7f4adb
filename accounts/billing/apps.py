from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "accounts.billing"
    label = "billing"

    def ready(self) -> None:
        """Register the functions and the workflow."""
        from accounts.billing import mutations, payment_mutations, queries, trial

        _ = mutations, payment_mutations, queries, trial
