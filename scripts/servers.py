"""Make sure that there are the servers which the tests need besides the embedded ones: Dovecot, PgBouncer.

What is missing is installed from Debian, in one go.
"""

import os
import shutil
import sys

from scripts.debian import install

#: Where Debian puts what is not on everybody's PATH.
FOLDERS = ("/usr/sbin", "/usr/local/sbin")
#: Program -> Debian's package.
PACKAGES = {"dovecot": "dovecot-imapd", "pgbouncer": "pgbouncer"}


def find(program: str) -> str | None:
    """The path of a server: that in the environment variable of its name, or what is installed."""
    found = os.environ.get(program.upper()) or shutil.which(program)
    places = (f"{folder}/{program}" for folder in FOLDERS)
    return found or next((place for place in places if os.access(place, os.X_OK)), None)


def main() -> None:
    """Install those that are not there."""
    missing = [program for program in PACKAGES if find(program) is None]
    if missing:
        names = " and ".join(missing)
        way_out = f"install {names} by hand, or set " + " and ".join(
            f"{program.upper()}=/path/to/{program}" for program in missing
        )
        install([PACKAGES[program] for program in missing], f"The tests need {names}", way_out)
    for program in missing:
        if find(program) is None:
            sys.exit(f"{program} was installed and can't be found: set {program.upper()}=/path/to/{program}.")


if __name__ == "__main__":
    main()
