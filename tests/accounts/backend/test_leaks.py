"""No code answers for another tenant: threads, tasks, sockets, pools and rolled back transactions.

Every schema holds one table ``probe`` whose only row is the schema's own name; reading anything else is a leak.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import ThreadSensitiveContext, async_to_sync, sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.tenancy import current_schema, public_context, schema_alone, tenant_context
from tests.processes import PATIENCE

SCHEMAS = [f"leak_{number}" for number in range(5)]


@pytest.fixture(scope="module", autouse=True)
def probes(committed_db: str) -> None:
    with connection.cursor() as cursor:
        for schema in SCHEMAS:
            cursor.execute(
                f"CREATE SCHEMA {schema}; CREATE TABLE {schema}.probe AS SELECT '{schema}' AS name"
            )


def read_probe() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM probe")
        return str(cursor.fetchone()[0])


async def read_probe_async() -> str:
    return await database_sync_to_async(read_probe)()


def test_switching_back_and_forth_on_one_connection():
    for schema in SCHEMAS * 3:
        with tenant_context(schema):
            assert read_probe() == schema
    assert current_schema() == "public"


def test_a_search_path_is_sent_only_when_it_differs():
    with tenant_context(SCHEMAS[0]):
        read_probe()
        before = connection.search_path_set_schemas
        read_probe()
        assert connection.search_path_set_schemas is before


def test_the_public_schema_is_out_of_sight_when_asked():
    with schema_alone(SCHEMAS[0]), connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('accounts_user'), to_regclass('probe')")
        assert cursor.fetchone() == (None, "probe")


def test_an_unsafe_schema_name_is_refused():
    with tenant_context('a"; DROP SCHEMA public; --'), pytest.raises(ImproperlyConfigured):
        read_probe()


def test_a_rolled_back_search_path_is_sent_again():
    with tenant_context(SCHEMAS[1]):
        read_probe()
        with transaction.atomic(), tenant_context(SCHEMAS[2]):
            assert read_probe() == SCHEMAS[2]
            transaction.set_rollback(True)
        assert read_probe() == SCHEMAS[1]
    with tenant_context(SCHEMAS[2]):
        assert read_probe() == SCHEMAS[2]


def test_a_rolled_back_savepoint_is_no_leak():
    with transaction.atomic(), tenant_context(SCHEMAS[3]):
        read_probe()
        with transaction.atomic(), tenant_context(SCHEMAS[4]):
            read_probe()
            transaction.set_rollback(True)
        assert read_probe() == SCHEMAS[3]


def test_a_new_connection_keeps_its_openers_tenant():
    with tenant_context(SCHEMAS[0]):
        connection.close()
        assert current_schema() == SCHEMAS[0]
        assert read_probe() == SCHEMAS[0]


def test_a_thread_that_opens_its_first_connection_keeps_its_tenant():
    def work(schema: str) -> str:
        with tenant_context(schema):
            try:
                return read_probe()
            finally:
                connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(work, SCHEMAS * 10)) == SCHEMAS * 10


def test_a_bare_thread_begins_in_public():
    seen: list[str] = []
    with tenant_context(SCHEMAS[0]):
        thread = threading.Thread(target=lambda: seen.append(current_schema()))
        thread.start()
        thread.join()
    assert seen == ["public"]


def test_the_content_type_cache_survives_a_switch():
    ContentType.objects.get_for_model(ContentType)
    with tenant_context(SCHEMAS[0]):
        assert ContentType.objects._cache


class Probe(AsyncWebsocketConsumer):
    """Enters its tenant once, when it connects, and reads it at each message."""

    async def connect(self) -> None:
        from accounts.tenancy import Current, set_current

        set_current(Current(self.scope["path"].strip("/")))
        await self.accept()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await self.send(await read_probe_async())


async def talk(schema: str, times: int) -> list[str]:
    socket = ApplicationCommunicator(Probe.as_asgi(), {"type": "websocket", "path": f"/{schema}"})
    await socket.send_input({"type": "websocket.connect"})
    await socket.receive_output(timeout=PATIENCE)
    answers = []
    for _ in range(times):
        await socket.send_input({"type": "websocket.receive", "text": "?"})
        answers.append((await socket.receive_output(timeout=PATIENCE))["text"])
        await asyncio.sleep(0)
    await socket.send_input({"type": "websocket.disconnect", "code": 1000})
    await socket.wait(timeout=PATIENCE)
    return answers


def run(body: Callable[[], Awaitable[None]]) -> None:
    async_to_sync(body)()


def test_sockets_that_entered_their_tenant_once():
    async def body() -> None:
        answers = await asyncio.gather(*(talk(schema, 10) for schema in SCHEMAS * 4))
        assert answers == [[schema] * 10 for schema in SCHEMAS * 4]

    run(body)


def test_sockets_with_a_thread_of_their_own():
    async def one(schema: str) -> list[str]:
        async with ThreadSensitiveContext():
            return await talk(schema, 5)

    async def body() -> None:
        answers = await asyncio.gather(*(one(schema) for schema in SCHEMAS))
        assert answers == [[schema] * 5 for schema in SCHEMAS]

    run(body)


def test_gathering_over_tenants_in_one_task():
    async def one(schema: str) -> str:
        with tenant_context(schema):
            await asyncio.sleep(0)
            return await read_probe_async()

    async def body() -> None:
        with tenant_context(SCHEMAS[0]):
            assert await asyncio.gather(*(one(schema) for schema in SCHEMAS * 4)) == SCHEMAS * 4
            assert await read_probe_async() == SCHEMAS[0]

    run(body)


def test_a_thread_outside_the_request():
    def work() -> str:
        try:
            return read_probe()
        finally:
            connection.close()

    async def body() -> None:
        for schema in SCHEMAS * 4:
            with tenant_context(schema):
                assert await sync_to_async(work, thread_sensitive=False)() == schema
        assert await sync_to_async(current_schema, thread_sensitive=False)() == "public"

    run(body)


def test_a_task_that_outlives_its_request():
    async def later() -> str:
        await asyncio.sleep(0.02)
        return await read_probe_async()

    async def request(schema: str) -> "asyncio.Task[str]":
        with tenant_context(schema):
            return asyncio.create_task(later())

    async def body() -> None:
        tasks = [await request(schema) for schema in SCHEMAS]
        with public_context():
            assert [await task for task in tasks] == SCHEMAS

    run(body)


def test_setting_the_schema_through_the_connection_from_async_code():
    async def one(schema: str) -> str:
        await sync_to_async(connection.set_schema)(schema)
        await asyncio.sleep(0)
        return await read_probe_async()

    async def body() -> None:
        assert await asyncio.gather(*(one(schema) for schema in SCHEMAS * 4)) == SCHEMAS * 4

    run(body)


def test_a_pooled_connection_never_answers_for_the_tenant_before():
    def work(schema: str) -> str:
        with tenant_context(schema):
            answer = read_probe()
        connection.close()
        return answer

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, SCHEMAS * 40)) == SCHEMAS * 40


@pytest.mark.parametrize("ending", ["commit", "rollback"])
def test_a_pooled_connection_forgets_what_a_transaction_told_it(ending: str):
    def work(schema: str) -> str:
        with tenant_context(schema), transaction.atomic():
            answer = read_probe()
            transaction.set_rollback(ending == "rollback")
        connection.close()
        return answer

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, SCHEMAS * 20)) == SCHEMAS * 20


def test_a_pooled_connection_is_told_its_search_path_once():
    def work() -> int:
        with CaptureQueriesContext(connection) as captured, tenant_context(SCHEMAS[0]):
            read_probe()
        connection.close()
        return sum("search_path" in query["sql"] for query in captured)

    with ThreadPoolExecutor(1) as pool:
        sent = [pool.submit(work).result() for _ in range(40)]
    assert sum(sent) <= settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"]
