"""Bring the catalogs of translations up to what the code says; with ``--check`` only say what is missing or stale.

A message is what ``gettext`` and its like are called with, what templates translate, and the sentence of a refusal:
functions refuse in English, and pages pass it through ``realtime.functions.translated``. Names of mutations and of
columns are messages too, as the audit log shows them in words.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.pofile import read_po, write_po

from scripts.sources import Message, python_messages, template_messages

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
LANGUAGES = ("de",)
PACKAGES = ("accounts", "config", "crm", "realtime", "workflows")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
#: Columns that no audit entry names.
UNSEEN = {"id", "search", "payload", "version"}
HEADER = "# Translations of the CRM. `make fix` adds what is new and drops what is gone."


def main(arguments: list[str]) -> int:
    """The exit status is 1 when ``--check`` finds a catalog wanting."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    messages = collect()
    faults = [f"{name}: {fault}" for name in LANGUAGES for fault in update(name, messages, arguments)]
    for fault in faults[:40]:
        print(fault)
    print(f"{len(messages)} messages, {len(faults)} to be looked at in {', '.join(LANGUAGES)}.")
    return 1 if faults and "--check" in arguments else 0


def collect() -> dict[Message, set[str]]:
    """Every message with the files that it comes from."""
    found: dict[Message, set[str]] = {}
    for name, messages in _sources():
        for message in messages:
            found.setdefault(message, set()).add(name)
    return found


def _sources() -> Iterator[tuple[str, Iterable[Message]]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), python_messages(path.read_text())
    for path in sorted((ROOT / "templates").rglob("*.*")):
        yield str(path.relative_to(ROOT)), template_messages(path.read_text())
    yield "crm/web/words.py", _names()


def _names() -> Iterator[Message]:
    """What the audit log shows in words: mutations, and columns of the tenants' tables."""
    from django.apps import apps
    from django.conf import settings
    from django.utils.translation import override

    from crm.web.words import field_label, function_label
    from realtime.functions import registry

    with override("en"):
        yield from (Message(function_label(each.name)) for each in registry if each.kind == "mutation")
        tables = (model for model in apps.get_models() if model._meta.app_config.name in settings.TENANT_APPS)
        columns = {field.attname for model in tables for field in model._meta.concrete_fields}
        yield from (Message(field_label(name)) for name in columns - UNSEEN)


def update(language: str, messages: dict[Message, set[str]], arguments: list[str]) -> list[str]:
    """Write the language's catalog anew unless only checking; returns what is wrong with it."""
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    old = _read(path, language)
    new = Catalog(language, header_comment=HEADER, charset="utf-8")
    faults: list[str] = []
    for message, files in sorted(messages.items(), key=lambda pair: (pair[0].id, pair[0].context)):
        entry = old.get(message.id, context=message.context or None)
        text = entry.string if entry is not None else ""
        new.add(
            message.key, text or message.empty, locations=[(name, 0) for name in sorted(files)],
            context=message.context or None,
        )  # fmt: skip
        faults += _faults(message, text)
    known = {(entry.context or "", _id(entry)) for entry in old if entry.id}
    gone = known - {(message.context, message.id) for message in messages}
    faults += [f"stale: {id!r}" for _context, id in sorted(gone)]
    if "--check" not in arguments:
        _write(path, new)
    return faults


def _faults(message: Message, text: object) -> Iterator[str]:
    said = text if isinstance(text, list | tuple) else [text]
    if not text or not all(said):
        yield f"not translated: {message.id!r}"
        return
    wanted = set(PLACEHOLDER.findall(message.plural or message.id))
    for each in said:
        if set(PLACEHOLDER.findall(str(each))) - wanted or (
            not message.plural and wanted - set(PLACEHOLDER.findall(str(each)))
        ):
            yield f"other values than in {message.id!r}: {each!r}"


def _id(entry: Entry) -> str:
    return entry.id[0] if isinstance(entry.id, list | tuple) else entry.id


def _read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(language)
    with path.open("rb") as text:
        return read_po(text, locale=language)


def _write(path: Path, catalog: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as text:
        write_po(text, catalog, width=0, omit_header=False, include_lineno=False)
    # A date in the header would differ at every run.
    kept = [line for line in path.read_text().splitlines() if "-Date:" not in line]
    path.write_text("\n".join(kept).rstrip() + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
