"""Files that were thrown away wait in the bin beside other records."""

from pathlib import Path

from crm.files.models import Attachment
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.files.conftest import attach
from tests.crm.web.conftest import Browse, browse

_ = browse


def test_a_file_is_seen_in_the_bin_restored_and_purged(
    acme: str, folder: Path, cast: Cast, browse: Browse
) -> None:
    contact = call("contacts.create_contact", cast.alice.context(), {"first_name": "Ada"})["id"]
    file = attach(cast.alice, contact)
    call("files.archive_attachment", cast.alice.context(), {"file_id": file.pk})
    listed = call("bin.list_bin", cast.alice.context(), {"object": "attachment"})["data"]
    assert [(row["id"], row["known_as"]) for row in listed] == [(file.pk, file.filename)]
    assert call("bin.list_bin", cast.bob.context(), {"object": "attachment"})["data"] == []
    client = browse(cast.alice)
    assert file.filename in client.get("/settings/bin/?kind=attachment").content.decode()
    assert client.post(f"/settings/bin/attachment/{file.pk}/restore/").status_code == 303
    assert not Attachment.objects.get(pk=file.pk).archived_at
    call("files.archive_attachment", cast.alice.context(), {"file_id": file.pk})
    call("bin.purge_record", cast.olivia.context(), {"object": "attachment", "record_id": file.pk})
    assert not Attachment.objects.filter(pk=file.pk).exists()
