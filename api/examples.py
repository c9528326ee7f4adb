"""Examples of bodies for the OpenAPI document: those of the README's curl lines, which a test runs as they stand."""

import json
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

README = Path(__file__).resolve().parent.parent / "README.md"
LINE = re.compile(r"^api ((?:POST|PATCH|PUT) .+)$", re.MULTILINE)


def example_of(method: str, path: str) -> Any:
    """The body that the README sends to the route; None if it sends none, or there is no README."""
    fitting = re.compile(re.sub(r"{\w+}", "[^/]+", path))
    return next((body for verb, asked, body in _sent() if verb == method and fitting.fullmatch(asked)), None)


@cache
def _sent() -> tuple[tuple[str, str, Any], ...]:
    return tuple(_read()) if README.exists() else ()


def _read() -> Iterator[tuple[str, str, Any]]:
    for line in LINE.findall(README.read_text()):
        method, address, *options = shlex.split(line)
        written = options[options.index("-d") + 1] if "-d" in options else ""
        if written.startswith("{") and written != "{}":
            yield method, address.partition("?")[0], json.loads(written)
