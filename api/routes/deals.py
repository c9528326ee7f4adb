"""Deals and their pipelines."""

from api.route import Route
from crm.deals import mutations, queries

routes = [
    Route("GET", "/deals", queries.list_deals),
    Route("POST", "/deals", mutations.create_deal, status=201, location="/deals/{id}"),
    Route("GET", "/deals/{deal_id}", queries.get_deal),
    Route("PATCH", "/deals/{deal_id}", mutations.update_deal, body_as="changes"),
    Route("DELETE", "/deals/{deal_id}", mutations.archive_deal),
    Route("POST", "/deals/{deal_id}/restore", mutations.restore_deal),
    Route("POST", "/deals/{deal_id}/move", mutations.move_deal),
    Route("POST", "/deals/{deal_id}/assign", mutations.assign_deal),
    Route("GET", "/pipelines", queries.list_pipelines),
]
