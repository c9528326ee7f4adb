"""Addresses that need no key: their last part begins with the number of the tenant that they lead to."""

from accounts.credentials import standing_of
from accounts.models import Tenant
from accounts.tenancy import public_context


def tenant_of_token(token: str) -> Tenant | None:
    """The active tenant that a token belongs to, None for what is no active tenant's."""
    number = token.partition("-")[0]
    if not number.isdecimal() or len(number) > 18:
        return None
    with public_context():
        found: Tenant | None = Tenant.objects.filter(pk=int(number), state=Tenant.State.ACTIVE).first()
        return found


def open_tenant_of_token(token: str) -> Tenant | None:
    """The same without a tenant that is locked: nobody would see what a visitor sends there."""
    tenant = tenant_of_token(token)
    return None if tenant is None or standing_of(tenant).is_locked else tenant
