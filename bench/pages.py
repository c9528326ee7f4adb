"""Pages: CPU and latency of rendering them, in a tenant of 20,000 contacts, beside the bare server.

    python -m bench.pages [--large]

The goal is 20 ms of CPU a page, server and database together. ``--large`` uses 200,000 contacts.
"""

import sys

import httpx

from bench import stage
from bench.measuring import HEADER, Client, free_port, measure, server
from bench.sizes import size

PASSWORD = "a password for the bench"
TIMES = size(150, 3)
PAGES = [
    "/contacts/",
    "/contacts/?q=first19",
    "/contacts/{contact}/",
    "/",
    "/deals/",
    "/tasks/",
    "/settings/team/",
]


def main() -> None:
    """Print one table."""
    contacts = size(200_000 if "--large" in sys.argv else 20_000, 300)
    made = stage.prepare(contacts)
    contact = prepare_login(made)
    pids = {"database": stage.pid_of("postgres"), "redis": stage.pid_of("valkey")}
    port = free_port()
    with server([sys.executable, "-m", "config.web"], port, PORT=str(port)) as web:
        client = Client(port, {"Cookie": log_in(port), "Host": f"localhost:{port}"})
        print(f"\n{contacts:,} contacts\n{HEADER}")
        for path in ["/healthz", *PAGES]:
            address = path.format(contact=contact)
            found = measure(lambda a=address: client.request("GET", a), pids | {"web": web}, TIMES, 20)
            print(found.line(path, ""))


def prepare_login(made: stage.Stage) -> int:
    """Give the owner a password; returns a contact's id."""
    from accounts.models import User
    from accounts.tenancy import tenant_context
    from crm.contacts.models import Contact

    user = User.objects.get(email="owner@bench.test")
    user.set_password(PASSWORD)
    user.save()
    with tenant_context(made.schema):
        return int(Contact.objects.values_list("id", flat=True).order_by("id")[0])


def log_in(port: int) -> str:
    """The cookie of a session, got as a browser gets it."""
    with httpx.Client(base_url=f"http://localhost:{port}", timeout=30) as browser:
        browser.get("/login/")
        form = {
            "login": "owner@bench.test",
            "password": PASSWORD,
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
        }
        answer = browser.post("/login/", data=form)
        if answer.status_code != 302:
            raise AssertionError(f"Log-in answered {answer.status_code}.")
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


if __name__ == "__main__":
    main()
