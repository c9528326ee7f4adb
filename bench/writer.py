"""A writer in a process of its own: ``python -m bench.writer SCHEMA MEMBER``, then ``RATE SECONDS BASE`` a line.

Answers [number, monotonic time just after the commit] a line, and an empty line when it is ready for the next order.
The clock is the machine's, the same in every process.
"""

import json
import sys
import time

import django

django.setup()

from accounts.actor import member_context  # noqa: E402 - Django has to be set up first
from accounts.tenancy import tenant_context  # noqa: E402 - Django has to be set up first
from realtime.functions.call import call  # noqa: E402 - Django has to be set up first


def main() -> None:
    """Rename the list's first contact again and again."""
    schema, member = sys.argv[1], int(sys.argv[2])
    with tenant_context(schema):
        rows = call("contacts.list_contacts", member_context(schema, member), {"limit": 1})
        contact = rows["data"][0]["id"]
        print(flush=True)
        for order in sys.stdin:
            rate, seconds, base = order.split()
            write(schema, member, contact, float(rate), float(seconds), int(base))
            print(flush=True)


def write(schema: str, member: int, contact: int, rate: float, seconds: float, base: int) -> None:
    """So many renames a second; one that comes late does not make the next ones late."""
    began = time.monotonic()
    for turn in range(1, int(rate * seconds) + 1):
        args = {"contact_id": contact, "changes": {"last_name": f"W{base + turn:09}"}}
        call("contacts.update_contact", member_context(schema, member), args)
        print(json.dumps([base + turn, time.monotonic()]), flush=True)
        time.sleep(max(0.0, began + turn / rate - time.monotonic()))


if __name__ == "__main__":
    main()
