"""Tags."""

from api.route import Route
from crm.segments import mutations, queries

routes = [
    Route("GET", "/tags", queries.list_tags),
    Route("POST", "/tags", mutations.create_tag, status=201),
    Route("PATCH", "/tags/{tag_id}", mutations.update_tag, body_as="changes"),
    Route("DELETE", "/tags/{tag_id}", mutations.delete_tag),
    Route("POST", "/tags/{tag_id}/merge", mutations.merge_tags),
]
