"""Activities and timelines."""

from api.route import Route
from crm.activities import mutations, queries

routes = [
    Route("GET", "/activities", queries.list_activities),
    Route("POST", "/activities", mutations.create_activity, status=201, location="/activities/{id}"),
    Route("GET", "/activities/{activity_id}", queries.get_activity),
    Route("PATCH", "/activities/{activity_id}", mutations.update_activity, body_as="changes"),
    Route("DELETE", "/activities/{activity_id}", mutations.archive_activity),
    Route("POST", "/activities/{activity_id}/pin", mutations.pin_activity),
    Route("POST", "/activities/{activity_id}/restore", mutations.restore_activity),
    Route("GET", "/contacts/{contact_id}/timeline", queries.list_timeline),
]
