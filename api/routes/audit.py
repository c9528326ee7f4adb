"""The audit log."""

from api.route import Route
from crm.audit import queries

routes = [
    Route("GET", "/audit", queries.list_audit_entries),
]
