"""Attachments for tests, in a storage of the test's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from crm.files.models import Attachment
from crm.files.storing import store
from realtime.functions.call import call
from tests.cast import Person


def attach(
    person: Person, contact_id: int | None, body: bytes = b"Hello", name: str = "a.txt", **more: Any
) -> Attachment:
    """A file of the person's on a contact."""
    token = store(person.context(), BytesIO(body), name)
    args = {"upload": token, "filename": name, **({"contact_id": contact_id} if contact_id else {}), **more}
    return Attachment.objects.get(pk=call("files.create_attachment", person.context(), args)["id"])


@contextmanager
def files_in(folder: Path) -> Iterator[Path]:
    """Attachments lie in the folder for the block."""
    before: dict[str, Any] = settings.STORAGES
    options = {**before["attachments"], "OPTIONS": {"location": folder}}
    with override_settings(STORAGES={**before, "attachments": options}):
        yield folder


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where this test's files lie."""
    with files_in(tmp_path) as folder:
        yield folder


@pytest.fixture(scope="module")
def module_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the files of all of a module's tests lie."""
    with files_in(tmp_path_factory.mktemp("files")) as folder:
        yield folder
