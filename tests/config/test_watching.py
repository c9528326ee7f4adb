"""What whoever runs it sees: numbers of all processes, and live queries with what they cost."""

import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.test import Client, override_settings
from prometheus_client.parser import text_string_to_metric_families

from accounts.api_keys import create_api_key
from accounts.models import Tenant, User
from accounts.tenancy import public_context, tenant_context
from config import metrics as page
from realtime.functions.call import call
from realtime.live.inspection import reports
from tests import processes
from tests.cast import ACME, Cast, Person
from tests.realtime.live.client import LiveClient


@pytest.fixture(scope="module")
def addresses(committed_db: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Two web processes and a relay that share a folder of numbers."""
    folder = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path_factory.mktemp("metrics")), "METRICS_TOKEN": "a-token"}
    with (
        processes.process("relay", committed_db, **folder),
        processes.web_server(committed_db, **folder) as one,
        processes.web_server(committed_db, **folder) as other,
    ):
        yield one, other


def numbers(address: str) -> dict[str, float]:
    """Every sample by its name, labels left out where there is only one."""
    with urllib.request.urlopen(f"{address}/metrics", timeout=processes.PATIENCE) as response:
        assert response.headers["Content-Type"].startswith("text/plain")
        text = response.read().decode()
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(value for name, value in sorted(sample.labels.items()))
            found[f"{sample.name} {labels}".strip()] = sample.value
    return found


def client_of(address: str, person: Person) -> LiveClient:
    """A socket of the person's."""
    with public_context():
        tenant = Tenant.objects.get(schema_name=person.schema)
        key = create_api_key(
            tenant_id=tenant.pk, member_id=person.member_id, name="n", scopes=["read", "write"]
        )[1]
    return LiveClient(address, key=key)


def test_the_engine_counts_in_all_processes(addresses: tuple[str, str], cast: Cast) -> None:
    one, other = addresses
    clients = [client_of(address, cast.olivia) for address in (one, one, other)]
    for client in clients:
        client.subscribe("c", "contacts.list_contacts")
    with tenant_context(ACME):
        call("contacts.create_contact", cast.olivia.context(), {"first_name": "Counted"})
    for client in clients:
        client.wait(lambda client=client: client.answers["c"]["data"])
    clients[0].call("contacts.create_contact", first_name="Called")
    processes.wait_for(lambda: numbers(other).get("crm_live_sockets") == 3)
    wanted = {
        "crm_live_subscriptions": 3, "crm_live_runs_total first": 2, "crm_live_runs_total again": 2,
        "crm_live_shared_runs_total": 2, "crm_live_transitions_total": 6, "crm_live_sent_bytes_total": 1000,
        "crm_live_lag_seconds_count": 2, "crm_live_calls_total done": 1, "crm_ticks_total": 2, "crm_due_backlog": 0,
        "crm_database_up": 1,
    }  # fmt: skip
    found: dict[str, float] = {}

    def all_counted() -> bool:
        """Each process adds up now and then; what is counted never becomes less."""
        found.update(numbers(one))
        return all(found.get(name, -1) >= least for name, least in wanted.items())

    processes.wait_for(all_counted)
    assert found["crm_live_subscriptions"] == 3
    assert found["crm_live_calls_total done"] == 1
    processes.wait_for(lambda: numbers(one)["crm_relay_age_seconds"] < 10)
    for client in clients:
        client.close()


def test_requests_are_counted_by_kind(addresses: tuple[str, str]) -> None:
    one, other = addresses
    for path in ("/api/v1/contacts", "/login/", "/login/", "/healthz"):
        with suppress(urllib.error.HTTPError):
            urllib.request.urlopen(one + path, timeout=processes.PATIENCE).close()
    found = numbers(other)
    assert found["crm_http_requests_total api,GET,401"] == 1
    assert found["crm_http_requests_total page,GET,200"] == 2
    assert found["crm_http_request_seconds_count page"] == 2


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::ffff:127.0.0.1", {}, 200),
        ("10.1.2.3", {}, 200),
        ("8.8.8.8", {}, 404),
        ("", {}, 404),
        ("127.0.0.1", {"HTTP_X_FORWARDED_FOR": "8.8.8.8"}, 404),
        ("8.8.8.8", {"HTTP_AUTHORIZATION": "Bearer secret-token"}, 200),
        ("8.8.8.8", {"HTTP_AUTHORIZATION": "Bearer other"}, 404),
        ("8.8.8.8", {"HTTP_AUTHORIZATION": "Bearer "}, 404),
    ],
)
@override_settings(METRICS_ALLOWED=["127.0.0.1", "10.0.0.0/8"], METRICS_TOKEN="secret-token")
@pytest.mark.django_db
def test_who_may_read(address: str, headers: dict[str, str], status: int) -> None:
    response = Client().get("/metrics", REMOTE_ADDR=address, **headers)
    assert response.status_code == status


@override_settings(METRICS_ALLOWED=[], METRICS_TOKEN="")
@pytest.mark.django_db
def test_without_a_token_nobody_has_it() -> None:
    assert Client().get("/metrics", HTTP_AUTHORIZATION="Bearer ").status_code == 404


def test_dead_processes_hold_no_sockets(tmp_path: Path) -> None:
    dead, alive = tmp_path / "gauge_livesum_999999999.db", tmp_path / "gauge_livesum_1.db"
    counted = tmp_path / "counter_999999999.db"
    for file in (dead, alive, counted):
        file.touch()
    page.forget_dead_processes(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted([alive.name, counted.name])


def test_every_metric_is_described_in_the_documents() -> None:
    from realtime import metrics

    text = (Path(page.__file__).parent.parent / "docs" / "operations.md").read_text()
    names = {f"crm_{name}" for name in re.findall(r'"crm_(\w+)"', Path(metrics.__file__).read_text())}
    assert sorted(name for name in names if f"`{name}" not in text) == []


@pytest.fixture
def staff(committed_db: str, cast: Cast) -> Client:
    """Olivia, who is staff."""
    User.objects.filter(pk=cast.olivia.user_id).update(is_staff=True)
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(User.objects.get(pk=cast.olivia.user_id))
    return browser


def test_queries_with_reads_cost_and_runs(staff: Client, addresses: tuple[str, str], cast: Cast) -> None:
    assert staff.get("/operator/live/").status_code == 200
    with client_of(addresses[0], cast.alice) as alice, client_of(addresses[0], cast.charlie) as charlie:
        alice.subscribe("1", "contacts.list_contacts", search="Private", limit=7)
        charlie.subscribe("1", "contacts.list_contacts")
        with tenant_context(ACME):
            args = {"first_name": "Private", "owner_id": cast.alice.member_id}
            call("contacts.create_contact", cast.olivia.context(), args)
        alice.wait(lambda: alice.answers["1"]["data"])

        charlie.send(type="subscribe", queries=[{"id": "2", "changes": {"tables": ["contacts"]}}])
        presence = {"object": "contact", "record_id": alice.answers["1"]["data"][0]["id"]}
        alice.send(type="subscribe", queries=[{"id": "2", "presence": presence}])

        told: list[dict] = []

        def tell() -> bool:
            told.clear()
            rooms = {room["schema"]: room for report in reports() for room in report["rooms"]}
            if not (rooms.get(ACME, {}).get("viewers") and rooms.get("t_globex", {}).get("feeds")):
                return False
            queries = (query for report in reports() for query in report["queries"])
            told.extend(query for query in queries if query["args"].get("limit") == 7 and query["runs"] >= 2)
            return bool(told)

        processes.wait_for(tell)
        query = told[0]
        assert query["schema"] == ACME
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
        assert "Followed feeds of changes" in page
        assert "<code>contacts</code>" in page
        only = staff.get("/operator/live/?tenant=t_globex").content.decode()
        assert "Live queries of t_globex" in only
        assert only.count("contacts.list_contacts") == 1
    assert b'href="/operator/live/"' in staff.get("/operator/").content


def test_nobody_reports_unless_somebody_looks(addresses: tuple[str, str], cast: Cast) -> None:
    from django.conf import settings
    from redis import Redis

    with client_of(addresses[0], cast.alice) as alice, Redis.from_url(settings.REDIS_URL) as client:
        alice.subscribe("1", "contacts.list_contacts")
        client.flushall()
        time.sleep(3)
        assert not list(client.scan_iter(match="live:process:*"))


def test_for_staff_alone(committed_db: str, cast: Cast) -> None:
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(User.objects.get(pk=cast.charlie.user_id))
    assert browser.get("/operator/live/", follow=True).status_code == 404
