"""The translations that gettext reads, made from the committed catalogs.

``locale/<language>/LC_MESSAGES/django.po`` is what people write; the ``.mo`` beside it that gettext wants is made by
whoever starts first and is not committed. It lies in the folder for things that are made (``VAR_DIR``), since a
deployment's code may be read-only.
"""

import os
from pathlib import Path

CATALOG = Path("LC_MESSAGES", "django.po")


def compiled(source: Path, target: Path) -> Path:
    """Compile each catalog under ``source`` that is newer than what lies under ``target``; answers ``target``."""
    for catalog in source.glob(f"*/{CATALOG}"):
        made = (target / catalog.relative_to(source)).with_suffix(".mo")
        if not made.exists() or made.stat().st_mtime_ns != catalog.stat().st_mtime_ns:
            _compile(catalog, made)
    return target


def _compile(catalog: Path, made: Path) -> None:
    """Several processes may start at once: each writes a file of its own and puts it in place."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    made.parent.mkdir(parents=True, exist_ok=True)
    unfinished = made.with_suffix(f".{os.getpid()}")
    with catalog.open("rb") as text, unfinished.open("wb") as binary:
        write_mo(binary, read_po(text, locale=made.parent.parent.name))
    moment = catalog.stat().st_mtime_ns
    os.utime(unfinished, ns=(moment, moment))
    unfinished.replace(made)
