"""Whether mails were seen: noted only where the firm wants it, by links that nobody can make up."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import Tenant
from crm.contacts.models import Contact
from crm.mail.models import MailDelivery
from crm.mail.tracking import trace_token
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.mail.conftest import queue
from tests.processes import Mailbox
from workflows.drain import drain

pytestmark = pytest.mark.django_db
BODY = "See https://example.com/offer?a=1&b=2 for more."


@pytest.fixture
def client() -> Client:
    """A mail program."""
    return Client(HTTP_HOST="localhost")


@pytest.fixture
def tracked(acme: str, cast: Cast) -> None:
    args = {"changes": {"tracks_mail": True}}
    call("accounts.update_tenant", cast.olivia.context(), args)


def html_of(mail: Any) -> str:
    return next(
        part.get_payload(decode=True).decode()
        for part in mail.walk()
        if part.get_content_type() == "text/html"
    )


def paths(mail: Any) -> list[str]:
    """The addresses in the HTML that lead here."""
    return re.findall(r'"https?://[^/"]+(/mail/(?:seen|to)/[^"]+)"', html_of(mail))


def seen() -> tuple[bool, bool]:
    row = MailDelivery.objects.get()
    return row.opened_at is not None, row.clicked_at is not None


def test_nothing_is_in_a_mail_unless_the_firm_wants_it(
    ada: dict[str, Any], cast: Cast, outbox: Mailbox, client: Client
) -> None:
    row = queue(cast.alice, ada["id"], body=BODY)
    drain()
    assert paths(outbox.messages[0]) == []
    assert 'href="https://example.com/offer?a=1&amp;b=2"' in html_of(outbox.messages[0])
    # A link of before it was switched off leads on, and notes nothing.
    link = f"/mail/to/{trace_token('t_acme', row['id'], 'https://example.com/')}"
    assert client.get(link)["Location"] == "https://example.com/"
    assert seen() == (False, False)


def test_opening_and_clicking_are_noted_once(
    ada: dict[str, Any], cast: Cast, outbox: Mailbox, client: Client, tracked: None
) -> None:
    queue(cast.alice, ada["id"], body=BODY)
    drain()
    link, picture = paths(outbox.messages[0])
    assert client.head(picture).status_code == client.head(link).status_code - 102 == 200
    assert seen() == (False, False)
    assert client.get(picture)["Content-Type"] == "image/gif"
    assert seen() == (True, False)
    first = MailDelivery.objects.get().opened_at
    for _ in range(2):
        assert client.get(link)["Location"] == "https://example.com/offer?a=1&b=2"
        client.get(picture)
    assert seen() == (True, True)
    assert MailDelivery.objects.get().opened_at == first
    [row] = call("mail.list_messages", cast.alice.context(), {"contact_id": ada["id"]})["data"]
    assert row["opened_at"] == first


def test_a_link_that_was_made_up_leads_nowhere(acme: str, client: Client, tracked: None) -> None:
    token = trace_token(acme, 1, "https://example.com/")
    assert client.get(f"/mail/to/{token[:-2]}").status_code == 404
    assert client.get(f"/mail/to/{trace_token(acme, 1, 'javascript:alert(1)')}").status_code == 404
    assert client.get("/mail/seen/made-up.gif").status_code == 200


def test_links_of_an_erased_contact_lead_on_and_note_nothing(
    ada: dict[str, Any], cast: Cast, outbox: Mailbox, client: Client, tracked: None
) -> None:
    queue(cast.alice, ada["id"], body=BODY)
    drain()
    Contact.objects.filter(pk=ada["id"]).delete()
    link, _picture = paths(outbox.messages[0])
    assert client.get(link).status_code == 302
    assert not MailDelivery.objects.exists()
    Tenant.objects.filter(schema_name="t_acme").update(tracks_mail=False)
