"""``clients/typescript/src/functions.ts``: every function's types and its place in REST, from the registry."""

import json
import re
from typing import Any

Json = dict[str, Any]

HEAD = """\
/* Made by `make fix` from the registry of functions. Not to be edited. */
/* eslint-disable */
"""
SIMPLE = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def functions_module() -> str:
    """The module's text."""
    from realtime.functions import registry

    functions = list(registry)
    arguments, results, definitions = _schemas(functions)
    parts = [HEAD]
    parts += [_interface(type_name(name), schema) for name, schema in sorted(definitions.items())]
    parts.append("export interface Functions {")
    for function in functions:
        parts += [
            f"  /** {function.summary} */",
            f'  "{function.name}": {{ kind: "{function.kind}"; args: {type_of(arguments[function.name], 2)};'
            f" result: {type_of(results[function.name], 2)} }};",
        ]
    parts += ["}", "", _routes()]
    return "\n".join(parts)


def _schemas(functions: list[Any]) -> tuple[dict[str, Json], dict[str, Json], Json]:
    """Argument and result schemas by function name, and the definitions that they refer to."""
    from pydantic import TypeAdapter

    inputs: list[Any] = [(one.name, "validation", TypeAdapter(one.args_model)) for one in functions]
    outputs: list[Any] = [(one.name, "serialization", one.result_adapter) for one in functions]
    found, defined = TypeAdapter.json_schemas([*inputs, *outputs], ref_template="{model}")
    definitions: Json = defined.get("$defs", {})
    arguments = {}
    for one in functions:
        schema = found[one.name, "validation"]
        arguments[one.name] = definitions.pop(schema["$ref"]) if "$ref" in schema else schema
    return arguments, {one.name: found[one.name, "serialization"] for one in functions}, definitions


def type_name(model: str) -> str:
    """A definition's name as TypeScript writes it: Page_ContactRow_ is PageContactRow."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^0-9A-Za-z]+", model))


def _interface(name: str, schema: Json) -> str:
    described = _comment(schema.get("description", ""), "")
    if schema.get("type") == "object" and "properties" in schema:
        return f"{described}export interface {name} {type_of(schema)}\n"
    return f"{described}export type {name} = {type_of(schema)};\n"


def type_of(schema: Json, indent: int = 0) -> str:
    """The TypeScript type of a JSON schema."""
    if "$ref" in schema:
        return type_name(schema["$ref"])
    if "enum" in schema or "const" in schema:
        return " | ".join(json.dumps(value) for value in schema.get("enum", [schema.get("const")]))
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return " | ".join(dict.fromkeys(_grouped(type_of(one, indent)) for one in schema[choice]))
    if "allOf" in schema:
        return " & ".join(_grouped(type_of(one, indent)) for one in schema["allOf"])
    return _structure(schema, indent)


def _structure(schema: Json, indent: int) -> str:
    kind = schema.get("type")
    if kind == "array" and "prefixItems" in schema:
        return f"[{', '.join(type_of(one, indent) for one in schema['prefixItems'])}]"
    if kind == "array":
        return f"{_grouped(type_of(schema.get('items', {}), indent))}[]"
    if kind == "object" or "properties" in schema:
        return _object(schema, indent)
    return SIMPLE.get(str(kind), "unknown")


def _object(schema: Json, indent: int) -> str:
    properties = schema.get("properties", {})
    if not properties:
        values = schema.get("additionalProperties", True)
        if values is False or schema.get("title", "").endswith("_arguments"):
            return "{}"
        return f"Record<string, {type_of(values, indent) if isinstance(values, dict) else 'unknown'}>"
    required = schema.get("required", ())
    pad = " " * (indent + 2)
    lines = [
        f"{_comment(one.get('description', ''), pad)}{pad}{_key(name)}{'' if name in required else '?'}:"
        f" {type_of(one, indent + 2)};"
        for name, one in properties.items()
    ]
    return "\n".join(["{", *lines, " " * indent + "}"])


def _key(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name)


def _grouped(text: str) -> str:
    return f"({text})" if " | " in text and not text.startswith("{") else text


def _comment(text: str, pad: str) -> str:
    first = text.split("\n\n", maxsplit=1)[0].replace("\n", " ").replace("*/", "* /")
    return f"{pad}/** {first} */\n" if first else ""


def _routes() -> str:
    """How each routed function is called over REST."""
    from api.v1 import ROUTES

    lines = ["/** How functions are called over REST; those without a route are followed over the socket. */"]
    lines.append("export const ROUTES = {")
    for route in sorted(ROUTES, key=lambda route: route.function.name):
        told: Json = {"method": route.method, "path": route.path}
        told |= {"body": route.body_as} if route.body_as else {}
        told |= {"query": list(route.query)} if route.query else {}
        told |= {"paged": True} if route.is_page else {}
        members = ", ".join(f"{name}: {json.dumps(value)}" for name, value in told.items())
        lines.append(f'  "{route.function.name}": {{ {members} }},')
    lines += ["} as const;", "", "export type RoutedFunction = keyof typeof ROUTES;", ""]
    return "\n".join(lines)
