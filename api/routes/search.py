"""Search over everything."""

from api.route import Route
from crm.search import queries

routes = [
    Route("GET", "/search", queries.search_records),
]
