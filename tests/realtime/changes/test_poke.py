"""Writers wake the relay after their commit, and never wait for Redis."""

from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import transaction

from realtime.changes import publish
from tests.processes import PATIENCE


def test_poke_follows_the_commit(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a commit pokes, after the fact, and at most once in a few milliseconds."""
    monkeypatch.setattr(publish, "POKE_INTERVAL", 10.0)
    monkeypatch.setattr(publish, "_poked_at", float("-inf"))
    with redis.Redis.from_url(settings.REDIS_URL) as client, client.pubsub() as pokes:
        pokes.subscribe(publish.POKE_CHANNEL)
        assert pokes.get_message(timeout=PATIENCE)
        with transaction.atomic():
            publish.poke()
            assert pokes.get_message(timeout=0.1) is None
            transaction.set_rollback(True)
        assert pokes.get_message(timeout=0.1) is None
        with transaction.atomic():
            publish.poke()
            publish.poke()
        assert pokes.get_message(timeout=PATIENCE)
        assert pokes.get_message(timeout=0.1) is None


def test_poke_without_redis_waits_for_nobody(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    class Counted(redis.Redis):  # type: ignore[type-arg]  # bytes or text: nothing is read
        def publish(self, *args: Any, **options: Any) -> Any:
            tries.append(args)
            return super().publish(*args, **options)

    monkeypatch.setattr(redis, "Redis", Counted)
    monkeypatch.setattr(publish, "REST", PATIENCE)
    monkeypatch.setattr(publish, "_client", None)
    monkeypatch.setattr(publish, "_poked_at", float("-inf"))
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    for _ in range(100):
        publish.poke()
    assert len(tries) == 1
