"""The operator's page of live queries: what real processes report while somebody looks."""

import time

import pytest
from django.test import Client

from accounts.api_keys import create_api_key
from accounts.models import Tenant, User
from accounts.tenancy import public_context, tenant_context
from realtime.functions.call import call
from realtime.live.inspection import reports
from tests import processes
from tests.cast import ACME, Cast, Person
from tests.realtime.live.client import LiveClient


def client_of(address: str, person: Person) -> LiveClient:
    """A socket of the person's."""
    with public_context():
        tenant = Tenant.objects.get(schema_name=person.schema)
        key = create_api_key(tenant_id=tenant.pk, member_id=person.member_id, name="n", scopes=["read"])[1]
    return LiveClient(address, key=key)


@pytest.fixture
def staff(committed_db: str, cast: Cast) -> Client:
    """Olivia, who is staff."""
    User.objects.filter(pk=cast.olivia.user_id).update(is_staff=True)
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(User.objects.get(pk=cast.olivia.user_id))
    return browser


def test_queries_with_reads_cost_and_runs(staff: Client, address: str, cast: Cast) -> None:
    assert b"No process has reported" in staff.get("/operator/live/").content
    with client_of(address, cast.alice) as alice, client_of(address, cast.charlie) as charlie:
        alice.subscribe("1", "contacts.list_contacts", search="Private", limit=7)
        charlie.subscribe("1", "contacts.list_contacts")
        with tenant_context(ACME):
            args = {"first_name": "Private", "owner_id": cast.alice.member_id}
            call("contacts.create_contact", cast.olivia.context(), args)
        alice.wait(lambda: alice.answers["1"]["data"])

        def told() -> dict | None:
            queries = [
                query for report in reports() for query in report["queries"] if query["schema"] == ACME
            ]
            return next((query for query in queries if query["runs"] >= 2), None)

        processes.wait_for(lambda: told() is not None, 8)
        query = told() or {}
        assert query["args"] == {"search": "…", "limit": 7}
        assert (query["subscriptions"], query["facets"]) == (1, ["member_id"])
        assert query["seconds"] > 0
        read = next(read for read in query["reads"] if read["table"] == "contacts_contact")
        assert f"owner_id in ({cast.alice.member_id})" in read["rows"]
        assert "full_name" in read["columns"]
        page = staff.get("/operator/live/").content.decode()
        assert "contacts.list_contacts" in page
        assert "t_globex" in page
        assert "Private" not in page
        only = staff.get("/operator/live/?tenant=t_globex").content.decode()
        assert "Live queries of t_globex" in only
        assert only.count("contacts.list_contacts") == 1
    assert b'href="/operator/live/"' in staff.get("/operator/").content


def test_nobody_reports_unless_somebody_looks(address: str, cast: Cast) -> None:
    from django.conf import settings
    from redis import Redis

    with client_of(address, cast.alice) as alice, Redis.from_url(settings.REDIS_URL) as client:
        alice.subscribe("1", "contacts.list_contacts")
        client.flushall()
        time.sleep(3)
        assert not list(client.scan_iter(match="live:process:*"))


def test_for_staff_alone(committed_db: str, cast: Cast) -> None:
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(User.objects.get(pk=cast.charlie.user_id))
    assert browser.get("/operator/live/", follow=True).status_code == 404
