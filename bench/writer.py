"""A writer in a process of its own: ``python -m bench.writer SCHEMA MEMBER RATE SECONDS BASE``.

Prints [number, monotonic time just after the commit] a line. The clock is the machine's, the same in every process.
"""

import json
import sys
import time

import django

django.setup()

from accounts.actor import member_context  # noqa: E402
from accounts.tenancy import tenant_context  # noqa: E402
from realtime.functions.call import call  # noqa: E402


def main() -> None:
    """Rename the list's first contact again and again."""
    schema, member, rate, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
    base = int(sys.argv[5])
    with tenant_context(schema):
        rows = call("contacts.list_contacts", member_context(schema, member), {"limit": 1})
        contact = rows["data"][0]["id"]
        for number in range(base + 1, base + int(rate * seconds) + 1):
            began = time.monotonic()
            args = {"contact_id": contact, "changes": {"last_name": f"W{number:09}"}}
            call("contacts.update_contact", member_context(schema, member), args)
            print(json.dumps([number, time.monotonic()]), flush=True)
            time.sleep(max(0.0, began + 1 / rate - time.monotonic()))


if __name__ == "__main__":
    main()
