"""Files that go out with mails and those that come with them: attachments of the contact, seen where the mail is."""

from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from crm.files.models import Attachment, Upload
from crm.files.storing import store
from crm.mail import attaching
from crm.mail.models import MailDelivery, MailMessage
from crm.mail.parts import files_of
from realtime.functions import InvalidInput, NotFound
from realtime.functions.call import call
from tests.cast import Cast, Person
from tests.crm.mail.test_mailboxes import come_back
from tests.imap import ImapServer
from tests.processes import Mailbox
from workflows.drain import drain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """Where files are stored."""
    options = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "attachments": options}
    return tmp_path


def upload(person: Person, name: str, content: bytes = b"Half now.") -> dict[str, str]:
    return {"upload": store(person.context(), BytesIO(content), name), "filename": name}


def send(person: Person, ada: dict[str, Any], **more: Any) -> Any:
    args = {"contact_id": ada["id"], "subject": "Offer", "body": "Here it is.", **more}
    return call("mail.send_message", person.context(), args)


def test_files_go_out_with_the_mail_and_stand_on_the_contact(
    ada: dict[str, Any], cast: Cast, outbox: Mailbox
) -> None:
    before = call(
        "files.create_attachment",
        cast.alice.context(),
        {"contact_id": ada["id"], **upload(cast.alice, "plan.pdf", b"%PDF")},
    )
    row = send(cast.alice, ada, uploads=[upload(cast.alice, "terms.txt")], file_ids=[before["id"]])
    assert [(each["filename"], each["size"]) for each in row["files"]] == [("plan.pdf", 4), ("terms.txt", 9)]
    message = MailMessage.objects.get()
    # What somebody attaches to the entry before the mail goes out does not go with it.
    args = {"activity_id": message.activity_id, **upload(cast.alice, "private.txt")}
    call("files.create_attachment", cast.alice.context(), args)
    drain()
    [mail] = outbox.messages
    sent = {part.get_filename(): part.get_payload(decode=True) for part in mail.walk() if part.get_filename()}
    assert sent == {"plan.pdf": b"%PDF", "terms.txt": b"Half now."}
    listed = call("files.list_attachments", cast.alice.context(), {"contact_id": ada["id"]})["data"]
    assert [each["filename"] for each in listed] == ["private.txt", "terms.txt", "plan.pdf"]
    assert not Upload.objects.exists()
    [shown] = call("mail.list_messages", cast.alice.context(), {"contact_id": ada["id"]})["data"]
    assert shown["files"] == row["files"]


def test_files_of_others_and_too_many_bytes_are_refused(
    ada: dict[str, Any], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = call("contacts.create_contact", cast.alice.context(), {"first_name": "Ben"})
    theirs = call(
        "files.create_attachment",
        cast.alice.context(),
        {"contact_id": other["id"], **upload(cast.alice, "a.txt")},
    )
    with pytest.raises(NotFound):
        send(cast.alice, ada, file_ids=[theirs["id"]])
    with pytest.raises(InvalidInput):
        send(cast.alice, ada, uploads=[upload(cast.bob, "bobs.txt")])
    monkeypatch.setattr(attaching, "MOST_BYTES", 10)
    with pytest.raises(InvalidInput, match="together"):
        send(cast.alice, ada, uploads=[upload(cast.alice, "a.txt"), upload(cast.alice, "b.txt")])
    assert not MailDelivery.objects.exists()


def coming(to: Any = None) -> EmailMessage:
    """A mail with a file, a signature's picture, a mail that was passed on, and a text."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ada <ada@example.com>", "alice@acme.test", "Re: Offer"
    mail["Message-ID"] = "<signed@example.com>"
    if to is not None:
        mail["In-Reply-To"] = f"<{to['message_id']}>"
    mail.set_content("Signed, see the file.")
    mail.add_alternative('<p>Signed</p><img src="cid:logo">', subtype="html")
    parts: Any = mail.get_payload()
    parts[1].add_related(b"\x89PNG", "image", "png", cid="<logo>", filename="logo.png")
    mail.add_attachment(b"%PDF signed", maintype="application", subtype="pdf", filename="../signed\u00e9.pdf")
    passed = EmailMessage()
    passed["Subject"] = "Before"
    passed.set_content("Hello")
    passed.add_attachment(b"inner", maintype="application", subtype="zip", filename="inner.zip")
    mail.add_attachment(passed)
    return mail


def test_files_that_come_are_kept_with_the_mail(
    ada: dict[str, Any], cast: Cast, imap: ImapServer, connect: Any, settings: Any
) -> None:
    connect("files@acme.test")
    settings.FILES_MAX_BYTES = 300
    sent = send(cast.alice, ada)
    imap.put("files@acme.test", coming(sent).as_bytes())
    stranger = coming()
    stranger.replace_header("From", "nobody@elsewhere.test")
    stranger.replace_header("Message-ID", "<stranger@elsewhere.test>")
    imap.put("files@acme.test", stranger.as_bytes())
    come_back()
    page = call("mail.list_thread_messages", cast.alice.context(), {"thread_id": sent["thread_id"]})["data"]
    assert [[each["filename"] for each in row["files"]] for row in page] == [["signed\u00e9.pdf"], []]
    assert page[0]["left_out"] == ["attachment.eml"]
    [kept] = Attachment.objects.all()
    assert (kept.contact_id, kept.activity_id, kept.actor_id) == (
        ada["id"],
        MailMessage.objects.latest("pk").activity_id,
        None,
    )
    # Nothing of a stranger's mail was stored, not even for a while.
    assert not Upload.objects.exists()


def test_what_is_a_file_and_what_is_not() -> None:
    found = files_of(coming().as_bytes())
    assert [each.filename for each in found.kept] == ["../signed\u00e9.pdf", "attachment.eml"]
    assert files_of(b"\xff\x00\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b").kept == []
