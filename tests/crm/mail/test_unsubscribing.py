"""One click ends it: no log-in, no GET that does anything, and what is queued stays here."""

from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from crm.contacts.models import Consent
from crm.mail import listeners
from crm.mail.models import MailDelivery, MailMessage, Suppression
from crm.mail.tokens import unsubscribe_token
from tests.cast import Cast
from tests.crm.mail.conftest import queue
from tests.crm.mail.test_mailboxes import come_back
from tests.imap import ImapServer
from tests.processes import Mailbox
from workflows.drain import drain

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def link(ada: dict[str, Any], cast: Cast) -> str:
    """The link of a sequence's mail that is queued."""
    row = queue(cast.alice, ada["id"], enrollment_id=7)
    return f"/mail/unsubscribe/{unsubscribe_token('t_acme', row['id'], row['to_address'])}"


@pytest.fixture
def client() -> Client:
    """A mail program: no session, and no CSRF cookie."""
    return Client(enforce_csrf_checks=True, HTTP_HOST="localhost")


def test_one_click_is_honoured_at_once_and_as_often_as_it_comes(
    link: str, client: Client, outbox: Mailbox, monkeypatch: pytest.MonkeyPatch, ada: dict[str, Any]
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(listeners, "_unsubscribed", [lambda _ctx, pk, email: told.append((pk, email))])
    for _ in range(2):
        assert client.post(link, ONE_CLICK).status_code == 200
    assert told == [(ada["id"], "ada@example.com")]
    suppression = Suppression.objects.get()
    assert (suppression.email, suppression.reason) == ("ada@example.com", "unsubscribe")
    assert "one click" in suppression.proof
    assert Consent.objects.get().state == "withdrawn"
    assert MailDelivery.objects.get().state == "suppressed"
    drain()
    assert outbox.messages == []


def test_a_mail_unsubscribes_too_where_answers_are_read(
    ada: dict[str, Any], cast: Cast, outbox: Mailbox, imap: ImapServer, connect: Any
) -> None:
    connect("reader@acme.test")
    queue(cast.alice, ada["id"], enrollment_id=7)
    drain()
    by_web, by_mail = (
        each.strip(" <>") for each in "".join(outbox.messages[0]["List-Unsubscribe"].split()).split(",")
    )
    assert by_web.startswith("http")
    assert outbox.messages[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    parts = urlsplit(by_mail)
    assert (parts.scheme, parts.path) == ("mailto", "reader@acme.test")
    mail = EmailMessage()
    # Whatever address the mail program writes from; a long subject is folded on its way.
    mail["From"], mail["To"], mail["Subject"] = (
        "other@example.com",
        parts.path,
        parse_qs(parts.query)["subject"][0],
    )
    mail.set_content("")
    imap.put("reader@acme.test", mail.as_bytes())
    come_back()
    suppression = Suppression.objects.get()
    assert (suppression.email, suppression.reason) == ("ada@example.com", "unsubscribe")
    assert "other@example.com" in suppression.proof
    assert not MailMessage.objects.filter(direction="in").exists()


def test_looking_does_nothing(link: str, client: Client, outbox: Mailbox) -> None:
    for answer in (client.get(link), client.head(link)):
        assert answer.status_code == 200
    assert "ada@example.com" in client.get(link).content.decode()
    assert not Suppression.objects.exists()
    drain()
    assert len(outbox.messages) == 1


def test_there_is_a_way_back(link: str, client: Client, ada: dict[str, Any], cast: Cast) -> None:
    client.post(link)
    assert "again" in client.post(link, {"again": "1"}).content.decode()
    assert not Suppression.objects.exists()
    assert Consent.objects.order_by("-id")[0].state == "granted"
    assert queue(cast.alice, ada["id"], key="two")["state"] == "queued"


def test_there_is_no_way_back_from_a_bounce(link: str, client: Client) -> None:
    Suppression.objects.create(email="ada@example.com", reason="bounce", at=timezone.now())
    client.post(link, {"again": "1"})
    assert Suppression.objects.get().reason == "bounce"


def test_a_link_that_was_made_up_is_unknown(link: str, client: Client) -> None:
    for wrong in (link[:-3], f"{link}x", "/mail/unsubscribe/x:y"):
        assert client.post(wrong, ONE_CLICK).status_code == 404
    assert not Suppression.objects.exists()
