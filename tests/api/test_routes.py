"""The table of routes against the registry of functions."""

from collections import Counter

from api.route import Route
from api.routes import UNROUTED
from api.v1 import ROUTES, api
from realtime.functions import registry


def test_every_function_has_one_route_or_a_reason_to_have_none() -> None:
    routed = Counter(route.function.name for route in ROUTES)
    assert not [name for name, count in routed.items() if count > 1]
    assert {function.name for function in registry} == {*routed, *UNROUTED}
    assert not routed.keys() & UNROUTED.keys()


def test_a_route_says_whose_argument_everything_is() -> None:
    for route in ROUTES:
        known = set(route.function.args_model.model_fields)
        said = {*route.names, *route.query, *([route.body_as] if route.body_as else [])}
        assert said <= known, route
        if route.body_as is not None:
            assert known - said <= {"version"}, route


def test_methods_say_what_they_do() -> None:
    for route in ROUTES:
        assert route.writes or route.method in {"GET", "POST"}, route
        assert not (route.writes and route.method == "GET"), route


def test_no_two_routes_collide() -> None:
    assert len({(route.method, _shape(route)) for route in ROUTES}) == len(ROUTES)


def _shape(route: Route) -> str:
    return "/".join("*" if part.startswith("{") else part for part in route.path.split("/"))


def test_the_operation_is_named_like_the_function() -> None:
    paths = api.get_openapi_schema()["paths"]
    for route in ROUTES:
        operation = paths["/api/v1" + route.path][route.method.lower()]
        assert operation["operationId"] == route.function.name
        assert operation["summary"] == route.function.summary
