"""One-time tickets for sockets."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import tickets
from accounts.authentication import resolve_socket
from accounts.models import ApiKey
from accounts.tenancy import public_context
from realtime.functions import NotFound, Unauthenticated
from tests.api.conftest import ApiClient
from tests.cast import Cast


def opened(ticket: str, host: str = "localhost"):
    """The context that a socket with the ticket gets."""
    with public_context():
        return resolve_socket({"headers": [(b"host", host.encode())]}, ticket=ticket)


@pytest.fixture
def olivia(db: None, cast: Cast) -> ApiClient:
    from accounts.api_keys import create_api_key
    from accounts.models import Tenant

    with public_context():
        tenant = Tenant.objects.get(schema_name=cast.olivia.schema)
        row, key = create_api_key(
            tenant_id=tenant.pk, member_id=cast.olivia.member_id, name="test", scopes=("read",)
        )
    return ApiClient(key, row)


def test_a_ticket_opens_once(olivia: ApiClient, cast: Cast) -> None:
    answer = olivia.post("/me/live-ticket").data
    ctx = opened(answer["ticket"])
    assert (ctx.schema, ctx.actor.id) == (cast.olivia.schema, cast.olivia.member_id)
    assert ctx.actor.credential == f"key:{olivia.row.pk}"
    with pytest.raises(Unauthenticated, match="used already"):
        opened(answer["ticket"])


def test_a_ticket_is_worth_no_more_than_its_credential(olivia: ApiClient) -> None:
    ticket = olivia.post("/me/live-ticket").data["ticket"]
    with public_context():
        ApiKey.objects.filter(pk=olivia.row.pk).update(revoked_at=timezone.now())
    with pytest.raises(Unauthenticated, match="revoked"):
        opened(ticket)


def test_old_forged_and_misplaced_tickets(olivia: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = olivia.post("/me/live-ticket").data["ticket"]
    with pytest.raises(Unauthenticated, match="not a ticket"):
        opened(ticket[:-2] + "xx")
    with pytest.raises(NotFound):
        opened(ticket, host="globex.localhost")
    assert opened(ticket, host="acme.localhost").actor.id
    late = olivia.post("/me/live-ticket").data["ticket"]
    monkeypatch.setattr(tickets, "LASTS", timedelta(seconds=-1))
    with pytest.raises(Unauthenticated, match="expired"):
        opened(late)
