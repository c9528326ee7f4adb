"""Attachments: seen with their record, kept under keys of their tenant, and none forgotten in the storage."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from accounts.tenancy import tenant_context
from crm.activities.models import Activity
from crm.files.models import Attachment, Upload
from crm.files.storing import blocks_of, store
from realtime.functions import Conflict, Forbidden, InvalidInput, NotFound, TooLarge
from realtime.functions.call import call
from tests.cast import Cast, Person
from tests.crm.files.conftest import attach
from workflows.drain import drain
from workflows.models import Due
from workflows.testing import advance

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(acme: str, cast: Cast) -> int:
    return call("contacts.create_contact", cast.alice.context(), {"first_name": "Ada"})["id"]


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def names(person: Person, **args: Any) -> list[str]:
    return [row["filename"] for row in call("files.list_attachments", person.context(), args)["data"]]


def test_a_file_is_kept_and_comes_back_as_it_was(ada: int, cast: Cast, folder: Path) -> None:
    body = bytes(range(256)) * 1000
    made = attach(cast.alice, ada, body, "plan.pdf")
    assert (made.size, made.content_type, made.owner_id) == (256_000, "application/pdf", cast.alice.member_id)
    assert made.key.startswith("t_acme/")
    assert b"".join(blocks_of("t_acme", made.key)) == body
    assert not Upload.objects.exists()
    assert Activity.objects.filter(payload__event="file_added", payload__name="plan.pdf").count() == 1


def test_it_is_seen_with_its_record(ada: int, cast: Cast) -> None:
    file = attach(cast.alice, ada)
    assert names(cast.lea, contact_id=ada) == ["a.txt"]
    for function in ("get_attachment", "open_attachment", "archive_attachment"):
        with pytest.raises(NotFound):
            call(f"files.{function}", cast.bob.context(), {"file_id": file.pk})
    call(
        "contacts.assign_contact", cast.olivia.context(), {"contact_id": ada, "owner_id": cast.bob.member_id}
    )
    assert names(cast.bob, contact_id=ada) == ["a.txt"]
    with pytest.raises(NotFound):
        call("files.get_attachment", cast.alice.context(), {"file_id": file.pk})


def test_a_deals_file_is_its_contacts_too(ada: int, cast: Cast) -> None:
    deal = call("deals.create_deal", cast.alice.context(), {"title": "Loft", "contact_id": ada})["id"]
    attach(cast.alice, None, deal_id=deal)
    assert names(cast.alice, contact_id=ada) == names(cast.alice, deal_id=deal) == ["a.txt"]


def test_a_note_takes_its_files_into_the_bin(ada: int, cast: Cast) -> None:
    note = call("activities.create_activity", cast.alice.context(), {"contact_id": ada, "body": "See plan"})[
        "id"
    ]
    attach(cast.alice, None, activity_id=note)
    found = call("files.list_activity_files", cast.alice.context(), {"activity_ids": [note]})
    assert [row["filename"] for row in found] == ["a.txt"]
    assert call("files.list_activity_files", cast.bob.context(), {"activity_ids": [note]}) == []
    call("activities.archive_activity", cast.alice.context(), {"activity_id": note})
    assert names(cast.alice, contact_id=ada) == []


def test_the_bin(ada: int, cast: Cast) -> None:
    mine = {"file_id": attach(cast.olivia, ada).pk}
    with pytest.raises(Forbidden):
        call("files.archive_attachment", cast.alice.context(), mine)
    call("files.archive_attachment", cast.olivia.context(), mine)
    assert (names(cast.alice, contact_id=ada), names(cast.alice, contact_id=ada, archived=True)) == (
        [],
        ["a.txt"],
    )
    with pytest.raises(NotFound):
        call("files.open_attachment", cast.olivia.context(), mine)
    call("files.restore_attachment", cast.olivia.context(), mine)
    assert names(cast.alice, contact_id=ada) == ["a.txt"]
    call("contacts.archive_contact", cast.olivia.context(), {"contact_id": ada})
    with pytest.raises(Conflict):
        attach(cast.olivia, ada)


def test_a_token_is_its_uploaders_and_holds_once(ada: int, cast: Cast) -> None:
    token = store(cast.olivia.context(), BytesIO(b"x"), "x.txt")
    args = {"upload": token, "filename": "x.txt", "contact_id": ada}
    for person in (cast.alice, cast.lea):
        with pytest.raises(InvalidInput):
            call("files.create_attachment", person.context(), args)
    call("files.create_attachment", cast.olivia.context(), args)
    with pytest.raises(InvalidInput):
        call("files.create_attachment", cast.olivia.context(), args)
    with tenant_context("t_globex"):
        contact = call("contacts.create_contact", cast.charlie.context(), {"first_name": "Eve"})["id"]
        with pytest.raises(InvalidInput):
            call("files.create_attachment", cast.charlie.context(), {**args, "contact_id": contact})


def test_another_tenants_key_is_never_opened(ada: int, cast: Cast) -> None:
    made = attach(cast.alice, ada)
    with pytest.raises(ValueError, match="t_globex"):
        blocks_of("t_globex", made.key)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\a\\b.txt", "b.txt"),
        ("a\r\nSet-Cookie: b.txt", "aSet-Cookie: b.txt"),
        ("..", "file"),
    ],
)
def test_names_hold_no_paths_and_no_lines(ada: int, cast: Cast, name: str, kept: str) -> None:
    assert attach(cast.alice, ada, name=name).filename == kept


def test_limits(ada: int, cast: Cast, folder: Path, settings: Any) -> None:
    settings.FILES_MAX_BYTES = 1_000_000
    with pytest.raises(TooLarge, match="1 MB"):
        attach(cast.alice, ada, b"x" * 1_000_001)
    with pytest.raises(InvalidInput):
        attach(cast.alice, ada, b"")
    assert not Upload.objects.exists()
    assert files_in(folder) == []


class TestOrphans:
    def test_an_upload_that_nobody_attached_is_deleted(self, ada: int, cast: Cast, folder: Path) -> None:
        store(cast.alice.context(), BytesIO(b"x"), "x.txt")
        attach(cast.alice, ada)
        drain()
        assert len(files_in(folder)) == 2
        advance(timedelta(hours=4))
        drain()
        assert len(files_in(folder)) == 1
        assert not Upload.objects.exists()
        assert not Due.objects.filter(kind="files.upload").exists()

    def test_a_refused_one_is_too(self, ada: int, cast: Cast, folder: Path) -> None:
        with pytest.raises(NotFound):
            attach(cast.bob, ada)
        advance(timedelta(hours=4))
        drain()
        assert files_in(folder) == []

    def test_what_goes_for_good_leaves_nothing_behind(self, ada: int, cast: Cast, folder: Path) -> None:
        attach(cast.alice, ada)
        attach(cast.alice, ada)
        Attachment.objects.filter(contact_id=ada)._raw_delete("default")  # as bare SQL would
        assert Upload.objects.count() == 2
        drain()
        assert (files_in(folder), Upload.objects.count()) == ([], 0)
