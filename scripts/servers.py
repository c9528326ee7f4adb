"""Where the servers are which the tests need besides the embedded ones: Dovecot, PgBouncer."""

import os
import shutil

#: Where Debian puts what is not on everybody's PATH.
FOLDERS = ("/usr/sbin", "/usr/local/sbin")
#: Program -> Debian's package.
PACKAGES = {"dovecot": "dovecot-imapd", "pgbouncer": "pgbouncer"}


def find(program: str) -> str | None:
    """The path of a server: that in the environment variable of its name, or what is installed."""
    found = os.environ.get(program.upper()) or shutil.which(program)
    places = (f"{folder}/{program}" for folder in FOLDERS)
    return found or next((place for place in places if os.access(place, os.X_OK)), None)


def missing() -> list[str]:
    """Debian's packages of those that are not there."""
    return [package for program, package in PACKAGES.items() if find(program) is None]
