"""Reading oneself, the tenant, API keys and devices."""

from typing import Any, cast

from accounts.logos import address_of_logo
from accounts.models import ApiKey, Device, Tenant, User
from accounts.permissions import Permission
from accounts.roles.models import Member
from accounts.roles.policy import acting_member_id, scope_of
from accounts.roles.queries import get_member
from accounts.roles.scope import RoleScope
from accounts.schemas import ApiKeyRow, DeviceRow, LiveTicket, Me, TenantRow
from accounts.tickets import LASTS, issue_ticket
from realtime.functions import Context, Cursor, Forbidden, Limit, NotFound, Page, query, take_page

TENANT = ("id", "slug", "name", "locale", "time_zone", "currency", "country", "brand_color", "tracks_mail")
KEY = (
    "id", "name", "prefix", "member_id", "scopes", "allowed_addresses", "created_at", "expires_at",
    "last_used_at", "revoked_at",
)  # fmt: skip


@query(permission=Permission.PROFILE_VIEW)
def get_me(ctx: Context) -> Me:
    """Read who you are: member, role, teams, permissions, field rules, the key's scopes, and the firm."""
    member, scope = get_member(ctx, member_id=acting_member_id(ctx)), scope_of(ctx)
    if not isinstance(scope, RoleScope):
        raise Forbidden("Only a member can ask this.")
    user = User.objects.filter(pk=acting_user_id(ctx)).values("locale", "time_zone").get()
    words = {word: scope.access(word) for word, _ in scope.grants}
    fields: list[Any] = [{"object": o, "field": f, "level": level} for o, f, level in scope.field_rules]
    return {
        "member_id": member["id"],
        "name": member["name"],
        "email": member["email"],
        "locale": user["locale"],
        "time_zone": user["time_zone"],
        "role_id": member["role_id"],
        "role_name": member["role_name"],
        "teams": member["teams"],
        "permissions": {word: access.value for word, access in words.items() if access != "none"},
        "fields": fields,
        "scopes": None if scope.key_scopes is None else list(scope.key_scopes),
        "tenant": get_tenant(ctx),
    }


@query(permission=Permission.PROFILE_VIEW)
def get_live_ticket(ctx: Context) -> LiveTicket:
    """Get a ticket with which a socket may be opened once, within 60 seconds, on your behalf."""
    expires_at = ctx.now + LASTS
    ctx.valid_until(expires_at)
    return {"ticket": issue_ticket(ctx), "expires_at": expires_at}


@query(permission=Permission.TENANT_VIEW)
def get_tenant(ctx: Context) -> TenantRow:
    """Read the firm's settings."""
    row: Any = Tenant.objects.filter(schema_name=ctx.schema).values(*TENANT, "logo").first()
    if row is None:
        raise NotFound
    row["logo_url"] = address_of_logo(row["slug"], row.pop("logo"))
    return cast("TenantRow", row)


@query(permission=Permission.API_KEY_MANAGE)
def list_api_keys(ctx: Context, *, cursor: Cursor | None = None, limit: Limit = 50) -> Page[ApiKeyRow]:
    """List the firm's API keys, the newest first, without their secrets."""
    found = ApiKey.objects.filter(tenant__schema_name=ctx.schema).values(*KEY)
    rows, next_cursor = take_page(found, order=("-created_at", "-id"), cursor=cursor, limit=limit)
    return {"data": with_members(rows), "next_cursor": next_cursor}


@query(permission=Permission.PROFILE_VIEW)
def list_devices(ctx: Context) -> list[DeviceRow]:
    """List the browsers in which you are logged in, the last used first."""
    current = (
        ctx.actor.credential.removeprefix("session:") if ctx.actor.credential.startswith("session:") else ""
    )
    ctx.observe("credential")
    found = Device.objects.filter(user_id=acting_user_id(ctx), revoked_at=None).order_by(
        "-last_seen_at", "-id"
    )
    rows: Any = found.values("id", "user_agent", "address", "created_at", "last_seen_at")[:50]
    devices: list[Any] = [{**row, "is_current": str(row["id"]) == current} for row in rows]
    return devices


def acting_user_id(ctx: Context) -> int:
    """The user behind the acting member."""
    return Member.objects.values_list("user_id", flat=True).get(pk=acting_member_id(ctx))


def with_members(rows: list[Any]) -> list[Any]:
    """API keys with the names of the members whom they act as."""
    names = dict(Member.objects.filter(pk__in={row["member_id"] for row in rows}).values_list("id", "name"))
    return [{**row, "member_name": names.get(row["member_id"])} for row in rows]
