"""One short table of routes an area."""

from importlib import import_module

from api.route import Route

#: In the order of the API's documentation.
AREAS = ("contacts", "companies", "deals", "tasks")


def tables() -> list[list[Route]]:
    """Every area's table."""
    return [import_module(f"api.routes.{area}").routes for area in AREAS]
