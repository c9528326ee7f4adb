"""Companies."""

from api.route import Route
from crm.activities.queries import list_timeline
from crm.companies import batch, mutations, queries, searching, upsert
from crm.contacts.profile import list_company_roles
from crm.deals.queries import list_deals
from crm.files.queries import list_attachments
from realtime.functions.registry import AnyFunction

INCLUDES: dict[str, AnyFunction] = {
    "roles": list_company_roles,
    "deals": list_deals,
    "timeline": list_timeline,
    "files": list_attachments,
}
routes = [
    Route("GET", "/companies", queries.list_companies),
    Route("POST", "/companies", mutations.create_company, status=201, location="/companies/{id}"),
    Route("POST", "/companies/batch", batch.batch_companies),
    Route("POST", "/companies/search", searching.search_companies),
    Route(
        "PUT",
        "/companies",
        upsert.upsert_company,
        body_as="values",
        query=("match",),
        upserts=True,
        location="/companies/{id}",
    ),
    Route("GET", "/companies/{company_id}", queries.get_company, includes=INCLUDES),
    Route("PATCH", "/companies/{company_id}", mutations.update_company, body_as="changes", query=("merge",)),
    Route("DELETE", "/companies/{company_id}", mutations.archive_company),
    Route("POST", "/companies/{company_id}/assign", mutations.assign_company),
    Route("POST", "/companies/{company_id}/restore", mutations.restore_company),
]
