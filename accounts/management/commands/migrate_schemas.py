"""django-tenants' name for ``migrate``, so that its slow executor is not run by mistake."""

from accounts.management.commands.migrate import Command

__all__ = ["Command"]
