"""Make sure that there is a Dovecot for the tests of mailboxes; installs Debian's when there is none."""

import os
import shutil
import sys

from scripts.debian import install

#: Where Debian puts it; not on everybody's PATH.
PLACES = ("/usr/sbin/dovecot", "/usr/local/sbin/dovecot")


def find_dovecot() -> str | None:
    """The path of a Dovecot: DOVECOT, or what is installed."""
    found = os.environ.get("DOVECOT") or shutil.which("dovecot")
    return found or next((place for place in PLACES if os.access(place, os.X_OK)), None)


def main() -> None:
    """Install Dovecot's IMAP server unless there is one."""
    if find_dovecot() is None:
        way_out = "install dovecot-imapd by hand, or set DOVECOT=/path/to/dovecot"
        install(["dovecot-imapd"], "The tests of mailboxes need Dovecot", way_out)
    if find_dovecot() is None:
        sys.exit("Dovecot was installed and can't be found: set DOVECOT=/path/to/dovecot.")


if __name__ == "__main__":
    main()
