"""Calls to other programs, as actions of durable runs."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
from django.conf import settings

from accounts.addressing import InsideHost, NoSuchHost, public_address
from workflows import NonRetryable, Outside, action

SECONDS = 15.0
#: Of an answer's body, what the timeline shows.
SHOWN = 2_000


@action
def post_json(outside: Outside, *, url: str, event: dict[str, Any]) -> dict[str, Any]:
    """Post an event; the same ``Idempotency-Key`` at every attempt. Answers 4xx other than 408 and 429 end the step."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = _resolve(parts.hostname or "", port)
    # Connected to the address that was looked at: the name could lead elsewhere a moment later.
    host = f"[{found}]" if ":" in found else found
    headers = {
        "Host": parts.netloc.rpartition("@")[2], "Idempotency-Key": outside.idempotency_key,
        "User-Agent": "crm-automations",
    }  # fmt: skip
    address = urlunsplit(parts._replace(netloc=f"{host}:{port}"))
    with httpx.Client(timeout=SECONDS, follow_redirects=False) as client:
        answer = client.post(
            address, json=event, headers=headers, extensions={"sni_hostname": parts.hostname}
        )
    said = {"status": answer.status_code, "body": answer.text[:SHOWN]}
    if answer.is_success:
        return said
    if answer.is_client_error and answer.status_code not in (408, 429):
        raise NonRetryable(f"The address answered {answer.status_code}.")
    raise RuntimeError(f"The address answered {answer.status_code}.")


def _resolve(host: str, port: int) -> str:
    """One address of a host; NonRetryable for one inside the deployment's own network."""
    try:
        return public_address(host, port, allow_inside=settings.WEBHOOKS_TO_PRIVATE_ADDRESSES)
    except NoSuchHost as error:
        raise RuntimeError(str(error)) from error
    except InsideHost as error:
        raise NonRetryable(str(error)) from error
