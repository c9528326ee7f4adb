"""A mutation done once a key: the same key returns the stored result, the same key with other arguments collides.

The record is inserted before the function runs, in its transaction. A second call with the key waits on the
unique index until the first commits (then finds its result) or rolls back (then runs itself).
"""

import hashlib
from datetime import timedelta
from typing import Any

import orjson
from django.db import connection

from realtime.functions.context import Context
from realtime.functions.encoding import encode_json
from realtime.functions.errors import Conflict, invalid
from realtime.functions.models import IdempotencyRecord

KEPT_FOR = timedelta(hours=24)
MAX_KEY_LENGTH = 255


def fingerprint(function: str, arguments: bytes) -> str:
    """A digest by which a repeated key is told from a reused one."""
    return hashlib.sha256(function.encode() + b"\0" + arguments).hexdigest()


def check_key(key: str) -> None:
    """InvalidInput for a key that can't be stored."""
    if not 1 <= len(key) <= MAX_KEY_LENGTH or not key.isprintable():
        raise invalid("idempotency_key", "Use 1 to 255 printable characters.")


def claim(ctx: Context, key: str, function: str, digest: str) -> IdempotencyRecord | None:
    """Claim the key: None if this call is to run, else the record of the call that ran. Conflict if it differs."""
    check_key(key)
    actor, now = f"{ctx.actor}", ctx.clock or ctx.now
    IdempotencyRecord.objects.filter(actor=actor, key=key, created_at__lt=now - KEPT_FOR).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO functions_idempotencyrecord (actor, key, function, fingerprint, result, created_at)"
            " VALUES (%s, %s, %s, %s, NULL, %s) ON CONFLICT (actor, key) DO NOTHING",
            [actor, key, function, digest, now],
        )
        if cursor.rowcount:
            return None
    record = IdempotencyRecord.objects.get(actor=actor, key=key)
    if record.fingerprint != digest:
        raise Conflict("This idempotency key was used for another request. Use a new key.")
    return record


def store(ctx: Context, key: str, result: Any) -> None:
    """Keep the result for the next call with the key."""
    IdempotencyRecord.objects.filter(actor=f"{ctx.actor}", key=key).update(
        result=orjson.loads(encode_json(result))
    )
