"""Contacts."""

from api.route import Route
from crm.contacts import mutations, queries, searching

routes = [
    Route("GET", "/contacts", queries.list_contacts),
    Route("POST", "/contacts", mutations.create_contact, status=201, location="/contacts/{id}"),
    Route("GET", "/contacts/lookup", queries.lookup_contact),
    Route("GET", "/contacts/stages", queries.list_contact_stages),
    Route("POST", "/contacts/search", searching.search_contacts),
    Route("GET", "/contacts/{contact_id}", queries.get_contact),
    Route("PATCH", "/contacts/{contact_id}", mutations.update_contact, body_as="changes"),
    Route("DELETE", "/contacts/{contact_id}", mutations.archive_contact),
    Route("POST", "/contacts/{contact_id}/restore", mutations.restore_contact),
    Route("POST", "/contacts/{contact_id}/assign", mutations.assign_contact),
]
