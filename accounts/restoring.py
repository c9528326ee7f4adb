"""Makes the public schema agree with a tenant's own, after that was put back from a backup.

What lies in public went on meanwhile: it knows members that the backup does not, and the numbers of those members are
given to others next. A key or a log-in that was theirs must not become somebody else's.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts import tenancy
from accounts.models import ApiKey, Tenant, TenantUser, User
from accounts.roles.models import Member


@dataclass(frozen=True, slots=True)
class Followed:
    """How many users came back to the tenant, how many have left it, and how many of its keys were revoked."""

    back: int
    gone: int
    revoked: int


def follow_schema(tenant: Tenant) -> Followed:
    """Users belong to the tenant as its members say; API keys of members that it does not have are revoked."""
    with tenancy.tenant_context(tenant.schema_name):
        members = {member.user_id: member for member in Member.objects.all()}
    with tenancy.public_context(), transaction.atomic():
        known = set(User.objects.filter(pk__in=members).values_list("pk", flat=True))
        gone, _ = TenantUser.objects.filter(tenant=tenant).exclude(user__in=known).delete()
        back = sum(_belongs(tenant, members[user_id]) for user_id in sorted(known))
        keys = ApiKey.objects.filter(tenant=tenant, revoked_at=None)
        # Made for somebody who joined after the backup: the number is another one's soon.
        strange = keys.exclude(member_id__in=[member.pk for member in members.values()])
        return Followed(back, gone, strange.update(revoked_at=timezone.now()))


def _belongs(tenant: Tenant, member: Member) -> bool:
    """Note the member's user as the tenant's; whether they were not."""
    facts = {"member_id": member.pk, "is_active": member.is_active}
    _, is_new = TenantUser.objects.update_or_create(tenant=tenant, user_id=member.user_id, defaults=facts)
    return is_new
