"""What one was told."""

from api.route import Route
from crm.notifications import mutations, queries

routes = [
    Route("GET", "/notifications", queries.list_notifications),
    Route("GET", "/notifications/unread", queries.count_unread),
    Route("POST", "/notifications/read", mutations.mark_read),
    Route("GET", "/notifications/preferences", queries.list_preferences),
    Route("PATCH", "/notifications/preferences", mutations.set_preference),
]
