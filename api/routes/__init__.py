"""One short table of routes an area."""

from importlib import import_module

from api.route import Route

#: In the order of the API's documentation.
AREAS = (
    "accounts", "fields", "contacts", "companies", "deals", "tasks", "activities", "notifications", "members", "roles",
    "audit", "feed",
)  # fmt: skip

#: Functions that REST does not offer, and why.
UNROUTED = {
    "companies.list_company_choices": "feeds the pages' pickers; GET /companies?search= answers the same",
    "roles.list_member_choices": "feeds the pages' pickers; GET /members?search= answers the same",
    "roles.list_role_choices": "feeds the pages' pickers; GET /roles answers the same",
    "roles.get_invitation_offer": "the invited person's page reads it before there is an actor",
    "roles.accept_invitation": "the invited person's page calls it before there is an actor",
    **dict.fromkeys(
        (
            "runs.list_runs",
            "runs.get_run",
            "runs.cancel_run",
            "runs.pause_run",
            "runs.resume_run",
            "runs.retry_run",
            "runs.fork_run",
        ),
        "no workflow of the product starts runs yet; the routes come with the first one",
    ),
}


def tables() -> list[list[Route]]:
    """Every area's table."""
    return [import_module(f"api.routes.{area}").routes for area in AREAS]
