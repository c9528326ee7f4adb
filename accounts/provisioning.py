"""Makes a tenant: schema, host, roles, first rows and owner, in one transaction and well under a second."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.text import slugify

from accounts import tenancy
from accounts.cloning import clone_schema
from accounts.hosts import forget_hosts, usual_host
from accounts.migration import LOCK
from accounts.models import SLUG, Domain, Tenant, TenantUser, User
from accounts.roles.builtin import create_builtin_roles
from accounts.roles.models import Member, Role
from workflows.models import Due

#: Hosts that a deployment needs for itself.
RESERVED_SLUGS = frozenset(
    """about account accounts admin api app assets auth billing blog cdn docs help live login mail
    operator public root signup static status support system team template www""".split()  # noqa: SIM905 - so many words are read as text
)


class SlugTaken(Exception):
    """Another tenant has the slug, or the deployment keeps it for itself."""


@dataclass(frozen=True, slots=True)
class NewTenant:
    """What ``create_tenant`` made."""

    tenant: Tenant
    owner: Member
    roles: dict[str, Role]


def schema_name(slug: str) -> str:
    """The schema of the tenant with the slug; slugs hold no underscore, so no two share one."""
    return f"t_{slug.replace('-', '_')}"


def suggest_slug(name: str) -> str:
    """A slug made of a firm's name, one that a tenant may have (taken or not)."""
    words = slugify(name)[:40].strip("-")
    if not words or not words[0].isalpha():
        words = f"firm-{words}".rstrip("-")[:40]
    return words if len(words) >= 3 else f"{words}-firm"


def is_slug(text: str) -> bool:
    """Whether a tenant may have the text as its slug, by its form."""
    try:
        SLUG(text)
    except ValidationError:
        return False
    return True


def is_slug_free(slug: str) -> bool:
    """Whether a tenant could be made with the slug."""
    return slug not in RESERVED_SLUGS and not Tenant.objects.filter(slug=slug).exists()


def create_tenant(slug: str, name: str, owner: User, **fields: Any) -> NewTenant:
    """Make a tenant with its owner; ``fields`` are further columns (time zone, currency, locale).

    Raises ValidationError for a slug of the wrong form, SlugTaken for one that is not free.
    """
    SLUG(slug)
    with tenancy.public_context(), transaction.atomic():
        tenant = _insert_tenant(slug, name, fields)
        _share_migration_lock()
        clone_schema(settings.TENANT_TEMPLATE_SCHEMA, tenant.schema_name)
        with tenancy.tenant_context(tenant.schema_name), translation.override(tenant.locale):
            roles = create_builtin_roles()
            for create_defaults in tenant_defaults():
                create_defaults()
        member = add_member(tenant, owner, roles["owner"])
    forget_hosts()
    return NewTenant(tenant, member, roles)


def add_member(tenant: Tenant, user: User, role: Role) -> Member:
    """Make the user a member of the tenant, or an active one again; both schemas' rows, in one transaction."""
    with transaction.atomic():
        with tenancy.tenant_context(tenant.schema_name):
            facts = {"role": role, "name": user.name or user.email, "email": user.email}
            member, _ = Member.objects.update_or_create(
                user_id=user.pk, defaults={**facts, "is_active": True, "deactivated_at": None}
            )
        with tenancy.public_context():
            TenantUser.objects.update_or_create(
                user=user, tenant=tenant, defaults={"member_id": member.pk, "is_active": True}
            )
    return member


def delete_tenant(tenant: Tenant) -> None:
    """Remove the tenant for good: its rows in public and its schema with all that it holds."""
    with tenancy.public_context(), transaction.atomic():
        schema = connection.ops.quote_name(tenant.schema_name)
        # First what workers hold of it: they end what they are at, and find nothing more to do.
        Due.objects.filter(tenant=tenant.schema_name).delete()
        tenant.delete()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks to come can't be dropped
            cursor.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    forget_hosts()


def tenant_defaults() -> list[Callable[[], object]]:
    """What the areas put into a new tenant; named in the settings, as areas lie above this package."""
    return [import_string(path) for path in settings.TENANT_DEFAULTS]


def _insert_tenant(slug: str, name: str, fields: dict[str, Any]) -> Tenant:
    if not is_slug_free(slug):
        raise SlugTaken(slug)
    host = usual_host(slug)
    try:
        with transaction.atomic():
            tenant: Tenant = Tenant.objects.create(
                slug=slug, name=name, schema_name=schema_name(slug), **fields
            )
            Domain.objects.create(tenant=tenant, domain=host, is_primary=True, verified_at=timezone.now())
    except IntegrityError as error:  # somebody was faster
        raise SlugTaken(slug) from error
    return tenant


def _share_migration_lock() -> None:
    """Wait while the schemas are being migrated, so that no tenant is cloned from a template half way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK])
