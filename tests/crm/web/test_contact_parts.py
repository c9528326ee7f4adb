"""The blocks of a contact's page: their forms do what they say, and show nothing to who may not see it."""

import pytest
from django.test import Client

from crm.contacts.models import Contact
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.web.conftest import Browse

pytestmark = pytest.mark.usefixtures("acme")
ENHANCED = {"X-Enhance": "region"}


@pytest.fixture
def ada(cast: Cast) -> int:
    given = {"first_name": "Ada", "email": "ada@one.org", "phone": "+14155550101"}
    return int(call("contacts.create_contact", cast.alice.context(), given)["id"])


def post(client: Client, path: str, **fields: str) -> int:
    return client.post(path, fields, headers=ENHANCED).status_code


def test_a_number_is_added_changed_and_deleted(browse: Browse, cast: Cast, ada: int) -> None:
    alice, path = browse(cast.alice), f"/contacts/{ada}/parts/phones/"
    assert alice.get(f"{path}new/").status_code == 200
    assert post(alice, f"{path}new/", number="+1 415 555 0102", kind="work", is_primary="on") == 200
    assert Contact.objects.get(pk=ada).phone_e164 == "+14155550102"
    row = call("contacts.get_profile", cast.alice.context(), {"contact_id": ada})["phones"][0]
    assert (
        post(alice, f"{path}{row['id']}/", number=row["raw"], kind="home", status="no_answer", is_bad="on")
        == 200
    )
    row = call("contacts.get_profile", cast.alice.context(), {"contact_id": ada})["phones"][0]
    assert (row["kind"], row["is_bad"], row["is_primary"]) == ("home", True, True)
    assert post(alice, f"{path}{row['id']}/delete/") == 200
    assert Contact.objects.get(pk=ada).phone_e164 == "+14155550101"
    assert post(alice, f"{path}new/", number="what", kind="work") == 422
    assert post(alice, f"/contacts/{ada}/parts/faxes/new/", number="1") == 404


def test_tags_relations_companies_and_consent_stand_on_the_page(browse: Browse, cast: Cast, ada: int) -> None:
    alice, path = browse(cast.alice), f"/contacts/{ada}"
    other = call("contacts.create_contact", cast.alice.context(), {"first_name": "Grace"})["id"]
    firm = call("companies.create_company", cast.alice.context(), {"name": "Engines"})["id"]
    assert post(alice, f"{path}/tag/", tag="Very important") == 200
    assert post(alice, f"{path}/relationships/new/", kind="referrer", other_id=str(other)) == 200
    assert post(alice, f"{path}/relationships/new/", kind="referrer") == 422
    assert post(alice, f"{path}/companies/new/", company_id=str(firm), role="Founder") == 200
    assert post(alice, f"{path}/consents/new/", channel="text", state="granted", proof="By phone") == 200
    shown = alice.get(f"{path}/").content.decode()
    for text in ("Very important", "Grace", "Referred by", "Founder", "Agreed"):
        assert text in shown, text
    assert "Referred<" in alice.get(f"/contacts/{other}/").content.decode()
    assert post(alice, f"{path}/tag/", remove="Very important") == 200
    assert Contact.objects.get(pk=ada).tags == []
    assert browse(cast.bob).get(f"{path}/").status_code == 404
    assert post(browse(cast.bob), f"{path}/tag/", tag="Mine") == 404


def test_who_takes_a_contact_from_the_pool_has_it(browse: Browse, cast: Cast, ada: int) -> None:
    call("contacts.assign_contact", cast.olivia.context(), {"contact_id": ada, "owner_id": None})
    bob, alice = browse(cast.bob), browse(cast.alice)
    assert "Ada" in bob.get("/contacts/pool/").content.decode()
    assert post(bob, f"/contacts/{ada}/claim/") == 200
    lost = alice.post(f"/contacts/{ada}/claim/", headers=ENHANCED)
    assert lost.status_code == 409
    assert "Bob has this contact already." in lost.content.decode()
    assert browse(cast.vera).get("/contacts/pool/").status_code == 403


def test_a_cell_gives_its_field_to_who_may_change_it(browse: Browse, cast: Cast, ada: int) -> None:
    cell = browse(cast.alice).get(f"/contacts/{ada}/cell/email/").content.decode()
    assert 'value="ada@one.org"' in cell
    assert 'data-version="1"' in cell
    assert browse(cast.alice).get(f"/contacts/{ada}/cell/owner_id/").status_code == 403
    owner = browse(cast.olivia).get(f"/contacts/{ada}/cell/owner_id/").content.decode()
    assert f'action="/contacts/{ada}/assign/"' in owner
    assert 'data-lookup="members"' in owner
    assert (
        'data-lookup="companies"'
        in browse(cast.alice).get(f"/contacts/{ada}/cell/company_id/").content.decode()
    )
    assert browse(cast.alice).get(f"/contacts/{ada}/cell/version/").status_code == 404
    assert browse(cast.vera).get(f"/contacts/{ada}/cell/email/").status_code == 403
    assert browse(cast.bob).get(f"/contacts/{ada}/cell/email/").status_code == 404
