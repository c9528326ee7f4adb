"""Oneself, the tenant and its API keys."""

from accounts import mutations, queries
from api.files import LogoRoute
from api.route import Route

routes = [
    Route("GET", "/me", queries.get_me),
    Route("PATCH", "/me", mutations.update_profile, body_as="changes"),
    Route("GET", "/me/devices", queries.list_devices),
    Route("DELETE", "/me/devices/{device_id}", mutations.revoke_device),
    Route("POST", "/me/live-ticket", queries.get_live_ticket),
    Route("GET", "/tenant", queries.get_tenant),
    Route("PATCH", "/tenant", mutations.update_tenant, body_as="changes"),
    LogoRoute("PUT", "/tenant/logo", mutations.set_logo),
    Route("DELETE", "/tenant/logo", mutations.delete_logo),
    Route("GET", "/api-keys", queries.list_api_keys),
    Route("POST", "/api-keys", mutations.create_api_key, status=201),
    Route("DELETE", "/api-keys/{api_key_id}", mutations.revoke_api_key),
]
