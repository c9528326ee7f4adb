"""A new member's first steps."""

from api.route import Route
from crm.onboarding import mutations, queries

routes = [
    Route("GET", "/me/first-steps", queries.get_first_steps),
    Route("POST", "/me/first-steps/finish", mutations.finish_first_steps),
]
