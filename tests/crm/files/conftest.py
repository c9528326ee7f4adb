"""Attachments for tests, in a storage of the test's own."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

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


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    """Where this test's files lie."""
    before: dict[str, Any] = settings.STORAGES
    options = {**before["attachments"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**before, "attachments": options}
    return tmp_path
