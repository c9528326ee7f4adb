"""Write the documents that come from the code; with ``--check`` only say which ones are out of date."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import django

from scripts.typescript import functions_module

ROOT = Path(__file__).resolve().parent.parent


def functions() -> str:
    """``docs/functions.md``: every query and mutation with its permission and arguments."""
    from realtime.functions import registry

    lines = [
        "# Functions",
        "",
        "Made by `make fix` from the registry. `?` marks an argument that may be left out.",
    ]
    area = ""
    for function in registry:
        if function.area != area:
            area = function.area
            lines += [
                "",
                f"## {area}",
                "",
                "| function | kind | permission | arguments | |",
                "|---|---|---|---|---|",
            ]
        fields = function.args_model.model_fields.items()
        arguments = ", ".join(f"`{name}{'' if field.is_required() else '?'}`" for name, field in fields)
        name = function.name.partition(".")[2]
        summary = function.summary.replace("|", "\\|")
        lines.append(f"| `{name}` | {function.kind} | `{function.permission}` | {arguments} | {summary} |")
    return "\n".join(lines) + "\n"


def openapi() -> str:
    """``api/openapi.json``: the REST API as OpenAPI 3.1."""
    from api.v1 import api

    return json.dumps(api.get_openapi_schema(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def decisions() -> str:
    """``docs/decisions/README.md``: every decision record by its number and heading."""
    lines = [
        "# Decision records",
        "",
        "One for each choice that is hard to take back: the question, the decision, why, and its price. A number",
        "that is missing was never given. Made by `make fix` from the records' headings.",
        "",
    ]
    for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md")):
        number, _dot, heading = path.read_text().splitlines()[0].removeprefix("# ").partition(". ")
        lines.append(f"- {number}: [{heading}]({path.name})")
    return "\n".join(lines) + "\n"


DOCUMENTS: dict[str, Callable[[], str]] = {
    "docs/functions.md": functions,
    "docs/decisions/README.md": decisions,
    "api/openapi.json": openapi,
    "clients/typescript/src/functions.ts": functions_module,
}


def main(arguments: list[str]) -> int:
    """The exit status is 1 when ``--check`` finds a document that differs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    stale = []
    for name, make in DOCUMENTS.items():
        path, text = ROOT / name, make()
        if path.exists() and path.read_text() == text:
            continue
        stale.append(name)
        if "--check" not in arguments:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
    if "--check" in arguments:
        print(
            f"Out of date: {', '.join(stale)}. Run make fix." if stale else "Generated documents are current."
        )
        return 1 if stale else 0
    print(f"Written: {', '.join(stale) or 'nothing, all are current'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
