"""A function's arguments: a strict model made from its signature, and the three ways in.

Everything that comes from outside is validated as JSON in pydantic's strict mode, so that web, REST, sockets
and jobs agree on what "5" and 5 are. Only query strings and forms, which know nothing but text, are lenient.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, get_args, get_origin, get_type_hints

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic_core import ErrorDetails

from realtime.functions.encoding import encode_json
from realtime.functions.errors import BadRequest, InvalidInput
from realtime.functions.types import sentence_of

#: Larger arguments are refused before they are parsed; files travel another way.
MAX_ARGUMENT_BYTES = 1024 * 1024


class Arguments(BaseModel):
    """Base of the derived models: unknown names are refused, types are taken at their word."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _without_defaults(schema: dict[str, Any]) -> None:
    for field in schema.get("properties", {}).values():
        field.pop("default", None)


class Changes(BaseModel):
    """Base of partial updates: a field that was not sent is left alone (see ``sent``).

    The declared defaults make the fields optional and are never used, so the schema does not show them.
    """

    model_config = ConfigDict(strict=True, extra="forbid", json_schema_extra=_without_defaults)

    def sent(self) -> dict[str, Any]:
        """The fields that the caller sent, with their values."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def arguments_model(function: Callable[..., Any], name: str) -> type[Arguments]:
    """The model of a function ``(ctx, *, ...)``; TypeError for a signature that can't be called safely."""
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {}
    for position, parameter in enumerate(inspect.signature(function).parameters.values()):
        if position == 0:
            continue
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY or parameter.name not in hints:
            raise TypeError(f"{name}: argument {parameter.name} must be keyword-only and typed.")
        default = ... if parameter.default is inspect.Parameter.empty else parameter.default
        fields[parameter.name] = (hints[parameter.name], default)
    return create_model(name.replace(".", "_") + "_arguments", __base__=Arguments, **fields)


def from_json(model: type[Arguments], raw: bytes) -> Arguments:
    """Validate a JSON object; InvalidInput names each wrong argument, BadRequest means that it is no JSON."""
    if len(raw) > MAX_ARGUMENT_BYTES:
        raise InvalidInput("The arguments are larger than 1 MB.")
    if b"\\u0000" in raw:
        raise InvalidInput("Text may not hold the character NUL (\\u0000).")
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise invalid_input(error) from None


def from_values(model: type[Arguments], values: Mapping[str, object]) -> Arguments:
    """Validate Python values, by the same rules as their JSON."""
    try:
        raw = encode_json(values)
    except (TypeError, orjson.JSONEncodeError) as error:
        raise InvalidInput(f"The arguments can't be written as JSON: {error}") from None
    return from_json(model, raw)


def from_text(model: type[Arguments], values: Mapping[str, list[str]]) -> Arguments:
    """Validate text values (a query string, a form): numbers, dates and yes or no are read from text."""
    picked: dict[str, Any] = {}
    for name, texts in values.items():
        field = model.model_fields.get(name)
        if any("\x00" in text for text in texts):
            raise InvalidInput(f"{name} may not hold the character NUL.")
        takes_list = field is not None and _takes_list(field.annotation)
        if not takes_list and len(texts) > 1:
            raise InvalidInput(f"{name} was given {len(texts)} times; give it once.")
        picked[name] = texts if takes_list else texts[0]
    try:
        return model.model_validate(picked, strict=False)
    except ValidationError as error:
        raise invalid_input(error) from None


def _takes_list(annotation: Any) -> bool:
    origin = get_origin(annotation)
    return origin is list or any(_takes_list(part) for part in get_args(annotation) if origin is not list)


def invalid_input(error: ValidationError) -> InvalidInput:
    """Pydantic's complaints in our shape, without the rejected values and without regular expressions."""
    problems = error.errors(include_url=False, include_input=False)
    if any(problem["type"] == "json_invalid" for problem in problems):
        raise BadRequest(f"The body is not valid JSON: {problems[0]['msg']}")
    return InvalidInput(
        errors=[
            {"param": ".".join(map(str, p["loc"])), "code": p["type"], "detail": _sentence(p)}
            for p in problems
        ]
    )


def _sentence(problem: ErrorDetails) -> str:
    return sentence_of(str(problem.get("ctx", {}).get("pattern", ""))) or problem["msg"]
