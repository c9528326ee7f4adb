"""Roles: what they permit and which fields they show."""

from accounts.roles import queries
from accounts.roles import role_mutations as mutations
from api.route import Route

routes = [
    Route("GET", "/roles", queries.list_roles),
    Route("POST", "/roles", mutations.create_role, status=201, location="/roles/{id}"),
    Route("GET", "/roles/{role_id}", queries.get_role),
    Route("PATCH", "/roles/{role_id}", mutations.update_role, body_as="changes"),
    Route("DELETE", "/roles/{role_id}", mutations.delete_role),
    Route("POST", "/roles/{role_id}/reset", mutations.reset_role),
    Route("PUT", "/roles/{role_id}/permissions/{permission}", mutations.set_role_permission),
    Route("PUT", "/roles/{role_id}/fields/{object}/{field}", mutations.set_field_permission),
]
