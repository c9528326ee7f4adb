"""Writers wake the relay after their commit, and never wait for Redis."""

import time

import pytest
import redis
from django.conf import settings
from django.db import transaction

from realtime.changes import publish


def test_poke_follows_the_commit(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a commit pokes, after the fact, and at most once in a few milliseconds."""
    monkeypatch.setattr(publish, "POKE_INTERVAL", 10.0)
    monkeypatch.setattr(publish, "_poked_at", float("-inf"))
    with redis.Redis.from_url(settings.REDIS_URL) as client, client.pubsub() as pokes:
        pokes.subscribe(publish.POKE_CHANNEL)
        assert pokes.get_message(timeout=5)
        with transaction.atomic():
            publish.poke()
            assert pokes.get_message(timeout=0.1) is None
            transaction.set_rollback(True)
        assert pokes.get_message(timeout=0.1) is None
        with transaction.atomic():
            publish.poke()
            publish.poke()
        assert pokes.get_message(timeout=5)
        assert pokes.get_message(timeout=0.1) is None


def test_poke_without_redis_waits_for_nobody(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "_client", None)
    monkeypatch.setattr(publish, "_poked_at", float("-inf"))
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    started_at = time.monotonic()
    for _ in range(100):
        publish.poke()
    assert time.monotonic() - started_at < 0.9
