"""Custom fields."""

from api.route import Route
from crm.fields import mutations, queries

routes = [
    Route("GET", "/custom-fields", queries.list_custom_fields),
    Route("POST", "/custom-fields", mutations.create_custom_field, status=201),
    Route("PUT", "/custom-fields/order", mutations.order_custom_fields),
    Route("PATCH", "/custom-fields/{custom_field_id}", mutations.update_custom_field, body_as="changes"),
    Route("DELETE", "/custom-fields/{custom_field_id}", mutations.delete_custom_field),
]
