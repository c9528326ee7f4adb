"""Make sure that there are the programs that the tests need besides Python's: a browser, Dovecot, PgBouncer, Node.

What is missing is installed from Debian by one call of apt-get. ``make test`` runs this beside pip, so under the
machine's own Python: the standard library alone.
"""

import sys

from scripts import browser, node, servers
from scripts.debian import install, install_if_possible

BY_HAND = (
    f"install Chromium, Dovecot, PgBouncer, Node {node.OLDEST} or newer and npm by hand;"
    " CHROMIUM, DOVECOT, PGBOUNCER=/path/to/program say where the first three are"
)


def missing() -> list[str]:
    """Debian's packages of what is not there."""
    return [*browser.missing(), *servers.missing(), *node.missing()]


def main() -> None:
    """Install what is missing, and the packages of the TypeScript client."""
    if better := browser.better():
        install_if_possible([*missing(), *better])
    if packages := missing():
        install(packages, f"The tests need {', '.join(packages)}", BY_HAND)
    if still := missing():
        sys.exit(f"{', '.join(still)}: installed, and not found or too old. The way out: {BY_HAND}.")
    node.install_packages()


if __name__ == "__main__":
    main()
