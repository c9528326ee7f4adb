"""How the firm's subscription stands, its plans and bills."""

from accounts.billing import mutations, queries
from api.route import Route

routes = [
    Route("GET", "/billing", queries.get_billing),
    Route("GET", "/usage", queries.get_usage),
    Route("GET", "/billing/plans", queries.list_plans),
    Route("GET", "/billing/invoices", queries.list_invoices),
    Route("POST", "/billing/checkout", mutations.choose_plan),
]
