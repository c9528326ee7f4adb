"""The settings of stages, sources and tags, and the recycle bin."""

import pytest
from django.test import Client

from crm.contacts.models import Contact, ContactStage, LeadSource
from crm.segments.models import Tag
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.web.conftest import Browse

pytestmark = pytest.mark.usefixtures("acme")
ENHANCED = {"X-Enhance": "region"}


def post(client: Client, path: str, **fields: str) -> int:
    return client.post(path, fields, headers=ENHANCED).status_code


def make(cast: Cast, **given: object) -> int:
    return int(call("contacts.create_contact", cast.alice.context(), given)["id"])


def test_stages_are_added_moved_renamed_and_deleted_with_a_target(browse: Browse, cast: Cast) -> None:
    olivia, path = browse(cast.olivia), "/settings/contacts/stages"
    assert post(olivia, f"{path}/new/", name="Nurtured") == 200
    stage = ContactStage.objects.get(name="Nurtured")
    contact = make(cast, first_name="Ada", stage_id=stage.pk)
    ids = list(ContactStage.objects.values_list("pk", flat=True))
    assert post(olivia, f"{path}/order/", order=",".join(map(str, reversed(ids)))) == 200
    assert list(ContactStage.objects.values_list("pk", flat=True)) == ids[::-1]
    assert post(olivia, f"{path}/{stage.pk}/rename/", name="New") == 422
    assert post(olivia, f"{path}/{stage.pk}/rename/", name="Warm") == 200
    assert post(olivia, f"{path}/{stage.pk}/delete/") == 422
    assert post(olivia, f"{path}/{stage.pk}/delete/", target_stage_id=str(ids[0])) == 200
    assert Contact.objects.get(pk=contact).stage_id == ids[0]
    assert "Past client" in olivia.get("/settings/contacts/").content.decode()
    assert browse(cast.alice).get("/settings/contacts/").status_code == 403


def test_a_source_is_renamed_on_its_contacts_and_deleted_from_the_choices_alone(
    browse: Browse, cast: Cast
) -> None:
    olivia = browse(cast.olivia)
    assert post(olivia, "/settings/sources/new/", name="Radio") == 200
    contact, source = make(cast, first_name="Ada", source="Radio"), LeadSource.objects.get(name="Radio")
    assert post(olivia, f"/settings/sources/{source.pk}/rename/", name="Podcast") == 200
    assert Contact.objects.get(pk=contact).source == "Podcast"
    assert post(olivia, f"/settings/sources/{source.pk}/delete/") == 200
    assert Contact.objects.get(pk=contact).source == "Podcast"
    assert not LeadSource.objects.filter(pk=source.pk).exists()


def test_a_tag_is_renamed_merged_and_deleted_on_its_contacts(browse: Browse, cast: Cast) -> None:
    both = make(cast, first_name="Ada", tags=["Buyer", "Seller"])
    one = make(cast, first_name="Grace", tags=["Seller"])
    tags = {tag.name: tag.pk for tag in Tag.objects.all()}
    olivia = browse(cast.olivia)
    assert post(olivia, f"/settings/tags/{tags['Buyer']}/", name="seller", color="red") == 422
    assert post(olivia, f"/settings/tags/{tags['Buyer']}/", name="Purchaser", color="red") == 200
    assert Contact.objects.get(pk=both).tags == ["Purchaser", "Seller"]
    assert post(olivia, f"/settings/tags/{tags['Seller']}/merge/", into_id=str(tags["Buyer"])) == 200
    assert [Contact.objects.get(pk=pk).tags for pk in (both, one)] == [["Purchaser"], ["Purchaser"]]
    assert "Purchaser" in olivia.get("/settings/tags/").content.decode()
    assert post(olivia, f"/settings/tags/{tags['Buyer']}/delete/") == 200
    assert [Contact.objects.get(pk=pk).tags for pk in (both, one)] == [[], []]
    assert not Tag.objects.exists()


def test_the_bin_restores_and_only_its_owner_empties_it(browse: Browse, cast: Cast) -> None:
    contact = make(cast, first_name="Ada", phone="+14155550101")
    call("contacts.archive_contact", cast.alice.context(), {"contact_id": contact})
    alice, bob, olivia = browse(cast.alice), browse(cast.bob), browse(cast.olivia)
    assert "Ada" in alice.get("/settings/bin/").content.decode()
    assert "Ada" not in bob.get("/settings/bin/").content.decode()
    assert browse(cast.vera).get("/settings/bin/").status_code == 403
    assert post(alice, f"/settings/bin/contact/{contact}/restore/") == 200
    assert Contact.objects.get(pk=contact).archived_at is None
    assert post(olivia, f"/settings/bin/contact/{contact}/purge/") == 409
    call("contacts.archive_contact", cast.alice.context(), {"contact_id": contact})
    assert post(alice, f"/settings/bin/contact/{contact}/purge/") == 403
    assert post(olivia, f"/settings/bin/contact/{contact}/purge/") == 200
    assert not Contact.objects.filter(pk=contact).exists()
    for kind in ("company", "deal", "task", "activity"):
        assert olivia.get(f"/settings/bin/?kind={kind}").status_code == 200
