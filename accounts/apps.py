from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from importlib import import_module

        from accounts.authentication import connect_signals
        from accounts.hosts import forget_hosts
        from accounts.models import Domain, Tenant
        from realtime.live.notices import on_public_change

        import_module("accounts.passwords")  # registers its function
        connect_signals()
        on_public_change(forget_hosts, Tenant, Domain)
