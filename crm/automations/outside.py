"""Calls to other programs, as actions of durable runs."""

import json
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
from django.conf import settings

from accounts.addressing import InsideHost, NoSuchHost, public_address
from crm.automations.signing import headers_of
from workflows import NonRetryable, Outside, RetryPolicy, action

SECONDS = 15.0
#: An address that is down is tried again for some hours; the steps behind it wait meanwhile.
RETRY = RetryPolicy(attempts=9, first=timedelta(seconds=2), factor=4)
#: Of an answer's body, what the timeline shows, in bytes; no more of it is read.
SHOWN = 2_000


@action
def post_json(outside: Outside, *, url: str, event: dict[str, Any]) -> dict[str, Any]:
    """Post an event, signed; the same ``Idempotency-Key`` at every attempt. Redirects and answers 4xx other than
    408 and 429 end the step.

    Returns the status and the beginning of the body. Whoever answers can't hold a worker: not by an endless body, nor
    by one that comes a byte at a time.
    """
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = _resolve(parts.hostname or "", port)
    # Connected to the address that was looked at: the name could lead elsewhere a moment later.
    host = f"[{found}]" if ":" in found else found
    body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Host": parts.netloc.rpartition("@")[2], "Idempotency-Key": outside.idempotency_key,
        "User-Agent": "crm-automations", "Accept-Encoding": "identity", "Content-Type": "application/json",
        **headers_of(outside.schema, outside.idempotency_key, body),
    }  # fmt: skip
    address = urlunsplit(parts._replace(netloc=f"{host}:{port}"))
    named = {"sni_hostname": parts.hostname}
    with (
        httpx.Client(timeout=SECONDS, follow_redirects=False) as client,
        client.stream("POST", address, content=body, headers=headers, extensions=named) as answer,
    ):
        said = {"status": answer.status_code, "body": _beginning(answer)}
    if answer.is_success:
        return said
    if answer.is_redirect:
        raise NonRetryable(f"The address answered {answer.status_code}: give the one that it redirects to.")
    if answer.is_client_error and answer.status_code not in (408, 429):
        raise NonRetryable(f"The address answered {answer.status_code}.")
    raise RuntimeError(f"The address answered {answer.status_code}.")


def _beginning(answer: httpx.Response) -> str:
    """The body's first bytes as text, as far as they come in time."""
    found, ends_at = b"", time.monotonic() + SECONDS
    for part in answer.iter_raw():
        found += part
        if len(found) >= SHOWN or time.monotonic() > ends_at:
            break
    return found[:SHOWN].decode(answer.encoding or "utf-8", "replace").replace("\0", "")


def _resolve(host: str, port: int) -> str:
    """One address of a host; NonRetryable for one inside the deployment's own network."""
    try:
        return public_address(host, port, allow_inside=settings.WEBHOOKS_TO_PRIVATE_ADDRESSES)
    except NoSuchHost as error:
        raise RuntimeError(str(error)) from error
    except InsideHost as error:
        raise NonRetryable(str(error)) from error
