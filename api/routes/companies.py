"""Companies."""

from api.route import Route
from crm.companies import mutations, queries, searching, upsert

routes = [
    Route("GET", "/companies", queries.list_companies),
    Route("POST", "/companies", mutations.create_company, status=201, location="/companies/{id}"),
    Route("POST", "/companies/search", searching.search_companies),
    Route("PUT", "/companies", upsert.upsert_company, body_as="values", query=("match",)),
    Route("GET", "/companies/{company_id}", queries.get_company),
    Route("PATCH", "/companies/{company_id}", mutations.update_company, body_as="changes"),
    Route("DELETE", "/companies/{company_id}", mutations.archive_company),
    Route("POST", "/companies/{company_id}/restore", mutations.restore_company),
]
