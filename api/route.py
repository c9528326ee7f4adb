"""Routes: an area's file is a table of them. A route makes one call to one registered function; where a
reader asks for more about a record (``include``), one query more for each word.

    routes = [
        Route("GET", "/contacts", queries.list_contacts),
        Route("POST", "/contacts", mutations.create_contact, status=201),
        Route("PATCH", "/contacts/{contact_id}", mutations.update_contact, body_as="changes"),
    ]

Names in the path are arguments of the function. A GET's query string, and another method's JSON body, are its
other arguments: the body as a whole the argument ``body_as``, or its members one argument each.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, get_args, get_origin

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from typing_extensions import is_typeddict

from accounts.tenancy import tenant_context
from api import answers, requests
from api.authentication import caller_of
from realtime.functions import Page
from realtime.functions.call import call, call_outcome
from realtime.functions.registry import AnyFunction


@dataclass(frozen=True)
class Route:
    """One method of one path, and the function that it calls."""

    method: str
    path: str
    function: AnyFunction
    #: The argument that is the body as a whole.
    body_as: str | None = None
    #: Arguments that come from the query string beside a body.
    query: tuple[str, ...] = ()
    status: int = 200
    #: Where a created record is found: "/contacts/{id}".
    location: str = ""
    #: It creates or changes, as the result's ``created`` says: 201 with a Location, or 200.
    upserts: bool = False
    #: What ``include`` adds to a record: a word, and the query that takes the same id.
    includes: Mapping[str, AnyFunction] = field(default_factory=dict)
    #: Whose rows a list shows that says of its own only that they are records.
    rows_of: tuple[AnyFunction, ...] = ()
    #: Statuses that this route answers beside the usual ones.
    problems: tuple[str, ...] = ()

    #: Whether the body is a file, or the answer is one (see ``api.files``).
    takes_file = sends_file = False

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The arguments in the path."""
        return tuple(re.findall(r"{(\w+)}", self.path))

    @property
    def writes(self) -> bool:
        return self.function.kind == "mutation"

    @property
    def reads_body(self) -> bool:
        return self.method not in {"GET", "DELETE"}

    @cached_property
    def is_page(self) -> bool:
        """Whether the result is a Page: rows, and where the next ones start."""
        return is_page(self.function)

    @cached_property
    def is_list(self) -> bool:
        """Whether the result is a number of rows."""
        return self.is_page or get_origin(self.function.result_type) is list

    @cached_property
    def row_keys(self) -> frozenset[str]:
        """The keys of a row of the result (of the result itself unless it is a list); empty for other shapes."""
        return frozenset(key for function in self.rows_of or [self.function] for key in _row_keys(function))

    def status_of(self, result: Any) -> int:
        """The status of a call that was done: 201 if it created the record that is its result."""
        return 201 if self.upserts and result["created"] else self.status

    def takes(self, argument: str) -> bool:
        """Whether the function has the argument."""
        return argument in self.function.args_model.model_fields

    def view(self, request: HttpRequest, **path: Any) -> HttpResponse:
        """Answer one request."""
        ctx = caller_of(request)
        wish = requests.read(self, request, path)
        with tenant_context(ctx.schema):
            outcome = call_outcome(
                self.function,
                ctx,
                wish.arguments,
                idempotency_key=wish.idempotency_key,
                dry_run=wish.dry_run,
            )
            included = {word: call(self.includes[word], ctx, path) for word in wish.include}
        return answers.answer(self, request, wish, outcome, included)


def is_page(function: AnyFunction) -> bool:
    """Whether the function answers a Page."""
    return get_origin(function.result_type) is Page


def _row_keys(function: AnyFunction) -> frozenset[str]:
    result = function.result_type
    row = get_args(result)[0] if get_origin(result) in (Page, list) else result
    return frozenset(row.__annotations__) if is_typeddict(row) else frozenset()


def add_routes(api: NinjaAPI, routes: Iterable[Route]) -> None:
    """Mount the routes."""
    for route in routes:
        api.default_router.add_api_operation(
            re.sub(r"{(\w+_id)}", r"{int:\1}", route.path),
            [route.method],
            _signed_view(route),
            auth=api.auth,
            operation_id=route.function.name,
            summary=route.function.summary,
            url_name=route.function.name,
        )


def _signed_view(route: Route) -> Callable[..., HttpResponse]:
    """The route's view with a signature that names the path's arguments: that is what Ninja reads."""

    def view(request: HttpRequest, **path: Any) -> HttpResponse:
        return route.view(request, **path)

    fields = route.function.args_model.model_fields
    parameters = [inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    for name in route.names:
        type_ = fields[name].annotation
        annotation = Annotated[type_, *fields[name].metadata] if fields[name].metadata else type_
        parameters.append(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation))
    view.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # of any function, says inspect
    return view
