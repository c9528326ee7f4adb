"""Which tenant a host leads to.

A host is bare (the deployment's own address, an IP address, localhost), a tenant's subdomain or a tenant's own
domain; anything else is unknown. Answers are kept for a few seconds a process, as a look-up a request would cost
more than the page's own queries, and forgotten when a tick says that a tenant or domain has changed. A process that
hears no ticks may take a tenant for open, or for suspended, until they lapse; keys and sessions are always looked up
in the database.
"""

import ipaddress
import time
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings

from accounts import tenancy
from accounts.models import Domain, Tenant
from realtime.functions import NotFound

SECONDS_KEPT = 5.0
HOSTS_KEPT = 10_000

_kept: dict[str, tuple[float, Tenant | None]] = {}


def host_name(host: str) -> str:
    """A Host header without its port, in small letters."""
    host = host.strip().lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].rstrip(".")


def is_bare(host: str) -> bool:
    """Whether the credential, not the host, says which tenant is meant. Takes a name without port."""
    return host in _bare_names(settings.TENANT_HOST_SUFFIX, settings.SITE_URL, *settings.BARE_HOSTS) or (
        is_address(host)
    )


@lru_cache(maxsize=8)
def _bare_names(suffix: str, site_url: str, *others: str) -> frozenset[str | None]:
    return frozenset({"localhost", suffix, urlsplit(site_url).hostname, *others})


def tenant_of_host(host: str) -> Tenant | None:
    """The tenant of a Host header, None for a bare host; NotFound for a host that leads nowhere."""
    name = host_name(host)
    if is_bare(name):
        return None
    tenant = _kept_tenant(name)
    if tenant is None:
        raise NotFound("No workspace has this address.")
    return tenant


def usual_host(slug: str) -> str:
    """The host of every tenant, also of one that has a domain of its own."""
    return f"{slug}.{settings.TENANT_HOST_SUFFIX}"


def host_of(tenant: Tenant) -> str:
    """The host that links lead to: the tenant's own domain, or the usual one under today's suffix."""
    primary = Domain.objects.filter(tenant=tenant, is_primary=True)
    own = primary.exclude(domain__startswith=f"{tenant.slug}.").values_list("domain", flat=True).first()
    return own or usual_host(tenant.slug)


def forget_hosts() -> None:
    """Look hosts up again; called where domains or tenants change in this process."""
    _kept.clear()


def _kept_tenant(name: str) -> Tenant | None:
    expires, tenant = _kept.get(name, (0.0, None))
    if expires > time.monotonic():
        return tenant
    tenant = _find_tenant(name)
    if len(_kept) >= HOSTS_KEPT:  # somebody makes names up
        _kept.clear()
    _kept[name] = (time.monotonic() + SECONDS_KEPT, tenant)
    return tenant


def _find_tenant(name: str) -> Tenant | None:
    with tenancy.public_context():
        found = Domain.objects.select_related("tenant").filter(domain=name, verified_at__isnull=False).first()
        if found:
            owner: Tenant = found.tenant
            return owner
        # The suffix may be another one than when the tenant was made.
        slug, _, rest = name.partition(".")
        return Tenant.objects.filter(slug=slug).first() if rest == settings.TENANT_HOST_SUFFIX else None


def is_address(host: str) -> bool:
    """Whether it is an IP address (in brackets or not)."""
    return canonical_address(host) is not None


@lru_cache(maxsize=4096)
def canonical_address(text: str) -> str | None:
    """An IP address in the one form that the database keeps, None if it is none; IPv4 within IPv6 is IPv4."""
    try:
        address = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def network_of(address: str) -> str:
    """Whom a network address stands for. An IPv6 network counts as one, as one host owns all of it."""
    found = canonical_address(address) or "unknown"
    return str(ipaddress.ip_network(f"{found}/64", strict=False)) if ":" in found else found
