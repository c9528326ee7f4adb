"""The feed of row changes."""

from api.route import Route
from crm.feed import queries

routes = [Route("GET", "/changes", queries.list_changes, problems=("410",))]
