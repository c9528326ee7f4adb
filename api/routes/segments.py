"""Tags and saved views."""

from api.route import Route
from crm.companies.searching import search_companies
from crm.contacts.searching import search_contacts
from crm.deals.searching import search_deals
from crm.segments import mutations, queries, view_mutations, view_queries
from crm.tasks.searching import search_tasks

routes = [
    Route("GET", "/tags", queries.list_tags),
    Route("POST", "/tags", mutations.create_tag, status=201),
    Route("PATCH", "/tags/{tag_id}", mutations.update_tag, body_as="changes"),
    Route("DELETE", "/tags/{tag_id}", mutations.delete_tag),
    Route("POST", "/tags/{tag_id}/merge", mutations.merge_tags),
    Route("GET", "/views", view_queries.list_views),
    Route("POST", "/views", view_mutations.create_view, status=201, location="/views/{id}"),
    Route("PUT", "/views/default", view_mutations.set_default_view),
    Route("GET", "/views/{view_id}", view_queries.get_view),
    Route("PATCH", "/views/{view_id}", view_mutations.update_view, body_as="changes"),
    Route("DELETE", "/views/{view_id}", view_mutations.delete_view),
    Route(
        "GET",
        "/views/{view_id}/results",
        view_queries.list_view_results,
        rows_of=(search_contacts, search_companies, search_deals, search_tasks),
    ),
]
