from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts.authentication import connect_signals
        from accounts.hosts import forget_hosts
        from accounts.models import Domain, Tenant
        from realtime.live.notices import on_public_change

        connect_signals()
        on_public_change(forget_hosts, Tenant, Domain)
