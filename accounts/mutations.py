"""Changing oneself, the tenant, API keys and devices."""

from datetime import timedelta
from typing import Annotated, Any, cast

from pydantic import AwareDatetime, Base64Bytes, Field, IPvAnyAddress

from accounts.api_keys import check_scopes
from accounts.api_keys import create_api_key as insert_api_key
from accounts.devices import revoke_devices
from accounts.logos import MAX_BYTES, drawn, name_of_logo
from accounts.models import ApiKey, Device, Tenant, TenantLogo, TenantUser, User
from accounts.permissions import Permission
from accounts.queries import KEY, TENANT, acting_user_id, get_tenant, with_members
from accounts.roles.guards import refuse_escalation
from accounts.roles.models import Member
from accounts.roles.policy import acting_member_id
from accounts.roles.schemas import Deleted
from accounts.schemas import (
    ApiKeyRow,
    KeyName,
    NewApiKey,
    ProfileChanges,
    ScopeWord,
    TenantChanges,
    TenantRow,
)
from accounts.tenancy import tenant_context
from accounts.zones import tell_of_zone
from realtime.functions import Context, Id, InvalidInput, NotFound, invalid, mutation

MAX_KEY_AGE = timedelta(days=3660)


@mutation(permission=Permission.TENANT_MANAGE)
def update_tenant(ctx: Context, *, changes: TenantChanges) -> TenantRow:
    """Change the firm's settings."""
    tenant = Tenant.objects.select_for_update().get(schema_name=ctx.schema)
    sent = changes.sent()
    ctx.audit("tenant", tenant.pk, {name: [getattr(tenant, name), new] for name, new in sent.items()})
    before = tenant.time_zone
    for name, new in sent.items():
        setattr(tenant, name, new)
    Tenant.objects.filter(pk=tenant.pk).update(
        **{name: getattr(tenant, name) for name in TENANT if name != "id"}
    )
    if tenant.time_zone != before:
        tell_of_zone(tenant.time_zone)
    return get_tenant(ctx)


@mutation(permission=Permission.TENANT_MANAGE)
def set_logo(ctx: Context, *, picture: Annotated[Base64Bytes, Field(max_length=MAX_BYTES)]) -> TenantRow:
    """Set the firm's logo: a PNG, JPEG or WebP in Base64, of which a PNG of at most 640 by 160 pixels is kept.

    InvalidInput for anything else, by its content, and for a picture of more than 16 million pixels.
    """
    png = drawn(picture)
    tenant = Tenant.objects.select_for_update().get(schema_name=ctx.schema)
    TenantLogo.objects.update_or_create(tenant=tenant, defaults={"picture": png})
    return _with_logo(ctx, tenant, name_of_logo(png))


@mutation(permission=Permission.TENANT_MANAGE)
def delete_logo(ctx: Context) -> TenantRow:
    """Take the firm's logo away, in emails sent before, too."""
    tenant = Tenant.objects.select_for_update().get(schema_name=ctx.schema)
    TenantLogo.objects.filter(tenant=tenant).delete()
    return _with_logo(ctx, tenant, "")


def _with_logo(ctx: Context, tenant: Tenant, name: str) -> TenantRow:
    if tenant.logo != name:
        ctx.audit("tenant", tenant.pk, {"logo": [tenant.logo, name]})
        Tenant.objects.filter(pk=tenant.pk).update(logo=name)
    return get_tenant(ctx)


@mutation(permission=Permission.PROFILE_EDIT)
def update_profile(ctx: Context, *, changes: ProfileChanges) -> Deleted:
    """Change your own name, language or time zone, in every firm that you belong to."""
    user = User.objects.select_for_update().get(pk=acting_user_id(ctx))
    sent = changes.sent()
    ctx.audit(
        "member", acting_member_id(ctx), {name: [getattr(user, name), new] for name, new in sent.items()}
    )
    for name, new in sent.items():
        setattr(user, name, new)
    user.save(update_fields=[*sent] or None)
    if "name" in sent:
        _mirror_name(user)
    return {"id": acting_member_id(ctx)}


@mutation(permission=Permission.API_KEY_MANAGE, keeps_result=False)
def create_api_key(
    ctx: Context,
    *,
    name: KeyName,
    scopes: list[ScopeWord] | None = None,
    member_id: Id | None = None,
    expires_at: AwareDatetime | None = None,
    allowed_addresses: list[IPvAnyAddress] | None = None,
) -> NewApiKey:
    """Create an API key that acts as you, or as a member who may not do more than you.

    The answer shows the key this once. Without scopes it may read only.
    """
    member = Member.objects.filter(pk=member_id or acting_member_id(ctx), is_active=True).first()
    if member is None:
        raise invalid("member_id", "There is no active member with this id.", "unknown_member")
    refuse_escalation(ctx, member.role_id)
    if expires_at is not None and not ctx.now < expires_at < ctx.now + MAX_KEY_AGE:
        raise invalid("expires_at", "Choose a time between now and ten years from now.")
    row, key = insert_api_key(
        tenant_id=Tenant.objects.values_list("pk", flat=True).get(schema_name=ctx.schema),
        member_id=member.pk,
        name=name,
        scopes=_scopes(ctx, scopes or ["read"]),
        expires_at=expires_at,
        allowed_addresses=[str(address) for address in allowed_addresses or []],
    )
    ctx.audit("api_key", row.pk, {"name": [None, name], "scopes": [None, row.scopes]})
    found: Any = {**_key_row(row), "key": key}
    return cast("NewApiKey", found)


@mutation(permission=Permission.API_KEY_MANAGE)
def revoke_api_key(ctx: Context, *, api_key_id: Id) -> ApiKeyRow:
    """Revoke an API key for good: requests and open sockets with it end at once."""
    row = ApiKey.objects.select_for_update().filter(pk=api_key_id, tenant__schema_name=ctx.schema).first()
    if row is None:
        raise NotFound("There is no API key with this id.")
    if row.revoked_at is None:
        row.revoked_at = ctx.now
        row.save(update_fields=["revoked_at"])
        ctx.audit("api_key", row.pk, {"revoked_at": [None, ctx.now.isoformat()]})
    found: Any = _key_row(row)
    return cast("ApiKeyRow", found)


@mutation(permission=Permission.PROFILE_EDIT)
def revoke_device(ctx: Context, *, device_id: Id) -> Deleted:
    """Log one of your browsers out; its open pages close."""
    devices = Device.objects.filter(pk=device_id, user_id=acting_user_id(ctx))
    if not revoke_devices(devices, ctx.now):
        raise NotFound("You are not logged in on a device with this id.")
    ctx.audit("device", device_id, {"revoked_at": [None, ctx.now.isoformat()]})
    return {"id": device_id}


def _scopes(ctx: Context, scopes: list[str]) -> list[str]:
    from django.core.exceptions import ValidationError

    try:
        return check_scopes(scopes)
    except ValidationError as error:
        raise InvalidInput(
            errors=[{"param": "scopes", "code": "unknown_scope", "detail": " ".join(error.messages)}]
        ) from None


def _key_row(row: ApiKey) -> dict[str, Any]:
    found: dict[str, Any] = with_members([{name: getattr(row, name) for name in KEY}])[0]
    return found


def _mirror_name(user: User) -> None:
    """A member's name is the user's, in each of their few tenants."""
    places = TenantUser.objects.filter(user=user).values_list("tenant__schema_name", "member_id")
    for schema, member_id in list(places):
        with tenant_context(schema):
            Member.objects.filter(pk=member_id).update(name=user.name)
