"""Export and Erase in the menu of a contact's page."""

import json

import pytest

from crm.contacts.models import Contact
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.web.conftest import Browse

ENHANCED = {"X-Enhance": "region"}


@pytest.fixture
def ada(acme: str, cast: Cast) -> int:
    made = call("contacts.create_contact", cast.alice.context(), {"first_name": "Ada", "last_name": "Byron"})
    return int(made["id"])


def test_the_export_is_a_file(ada: int, cast: Cast, browse: Browse) -> None:
    answer = browse(cast.alice).post(f"/contacts/{ada}/export/")
    assert answer["Content-Disposition"] == f'attachment; filename="contact-{ada}.json"'
    assert json.loads(answer.content)["contact"]["full_name"] == "Ada Byron"
    assert browse(cast.alice).get(f"/contacts/{ada}/export/").status_code == 405
    assert browse(cast.bob).post(f"/contacts/{ada}/export/").status_code == 404


def test_the_name_confirms_erasing(ada: int, cast: Cast, browse: Browse) -> None:
    olivia, path = browse(cast.olivia), f"/contacts/{ada}/erase/"
    assert "To confirm, write: Ada Byron" in olivia.get(path).content.decode()
    refused = olivia.post(path, {"name": "Eve"}, headers=ENHANCED)
    assert (refused.status_code, "name" in refused.json()["errors"]) == (422, True)
    assert olivia.post(path, {"name": "Ada Byron"}, headers=ENHANCED).json()["location"] == "/contacts/"
    assert not Contact.objects.exists()


def test_the_menu_offers_what_one_may(ada: int, cast: Cast, browse: Browse) -> None:
    seen = {
        person.name: browse(person).get(f"/contacts/{ada}/").content.decode()
        for person in (cast.olivia, cast.alice, cast.vera)
    }
    assert [f"/contacts/{ada}/erase/" in text for text in seen.values()] == [True, False, False]
    assert [f"/contacts/{ada}/archive/" in text for text in seen.values()] == [True, True, False]
    assert all(f"/contacts/{ada}/export/" in text for text in seen.values())
