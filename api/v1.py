"""Version 1 of the REST API: the tables of all areas on one Ninja API."""

from functools import cached_property
from typing import Any

from ninja import NinjaAPI, Swagger
from ninja.openapi.schema import OpenAPISchema

from api import errors, openapi
from api.authentication import BearerKey
from api.hooks import add_hooks
from api.public_forms import add_public_forms
from api.route import Route, add_routes
from api.routes import tables

ROUTES: tuple[Route, ...] = tuple(route for table in tables() for route in table)


class Api(NinjaAPI):
    """Ninja's API with schemas from the function registry."""

    @cached_property
    def document(self) -> OpenAPISchema:
        """The OpenAPI document, made once a process."""
        document = super().get_openapi_schema()
        openapi.complete(document, ROUTES)
        return document

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The OpenAPI document."""
        return self.document


api = Api(
    title="CRM API",
    version="1",
    urls_namespace="api",
    description=openapi.DESCRIPTION,
    docs=Swagger({"persistAuthorization": True}),
    auth=BearerKey(),
)
errors.install(api)
add_routes(api, ROUTES)
add_hooks(api)
add_public_forms(api)
