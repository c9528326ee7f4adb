"""Forms for web pages, and what was sent with them; POST /forms/{token} needs no key (see ``api.public_forms``)."""

from api.route import Route
from crm.forms import mutations, queries

routes = [
    Route("GET", "/forms", queries.list_forms),
    Route("POST", "/forms", mutations.create_form, status=201, location="/forms/{id}"),
    Route("GET", "/forms/{form_id}", queries.get_form),
    Route("PATCH", "/forms/{form_id}", mutations.update_form, body_as="changes"),
    Route("DELETE", "/forms/{form_id}", mutations.delete_form),
    Route("GET", "/forms/{form_id}/submissions", queries.list_submissions),
]
