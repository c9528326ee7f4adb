"""What forms are answered with: a redirect, errors beside the fields, or JSON for a script."""

from typing import Any

import pytest
from django.test import Client

from accounts.roles.models import Role
from accounts.roles.role_mutations import set_field_permission
from crm.contacts.models import Contact
from crm.contacts.mutations import create_contact
from crm.contacts.queries import get_contact
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.web.conftest import Browse

SCRIPT = {"x-enhance": "region"}


@pytest.fixture
def alice(browse: Browse, cast: Cast, acme: str) -> Client:
    return browse(cast.alice)


@pytest.fixture
def ada(cast: Cast, acme: str) -> dict[str, Any]:
    """A contact of Alice's."""
    given = {"first_name": "Ada", "phone": "+1 415 555 0123", "email": "ada@engine.org"}
    found: dict[str, Any] = call(create_contact, cast.alice.context(), given)
    return found


def stage() -> int:
    found: int = Contact.stage.field.related_model.objects.values_list("id", flat=True)[0]
    return found


def test_form_is_redirected(alice: Client) -> None:
    response = alice.post("/contacts/new/", {"first_name": "Ada", "stage_id": stage()})
    made = Contact.objects.get(first_name="Ada")
    assert (response.status_code, response["Location"]) == (303, f"/contacts/{made.pk}/")
    assert "Contact created." in alice.get(response["Location"]).content.decode()


def test_script_stays(alice: Client) -> None:
    response = alice.post("/contacts/new/", {"first_name": "Ada", "stage_id": stage()}, headers=SCRIPT)
    made = Contact.objects.get(first_name="Ada")
    told = {"toast": "Contact created.", "location": None, "open": f"/contacts/{made.pk}/", "kind": "success"}
    assert (response.status_code, response.json()) == (200, told)


def test_script_goes_on_from_a_page(alice: Client) -> None:
    """The form was the page itself: there is nothing to stay on."""
    sent = {"first_name": "Ada", "stage_id": stage()}
    response = alice.post("/contacts/new/", sent, headers={"x-enhance": "page"})
    location = response.json()["location"]
    assert location == f"/contacts/{Contact.objects.get(first_name='Ada').pk}/"
    assert "Contact created." in alice.get(location).content.decode()


@pytest.mark.parametrize(
    ("given", "field", "told"),
    [
        ({"first_name": ""}, "first_name", "Give a name, an email address or a phone number."),
        ({"email": "ada@"}, "email", "Enter a valid email address."),
        (
            {"first_name": "A" * 200},
            "first_name",
            "Ensure this value has at most 80 characters (it has 200).",
        ),
        (
            {"phone": "call me"},
            "phone",
            "Give a phone number of digits, blanks and + ( ) - . / only, like +49 30 123456.",
        ),
        ({"first_name": "Ada", "company_id": "999"}, "company_id", "There is no company with this id."),
    ],
)
def test_errors_stand_at_their_fields(alice: Client, given: dict[str, str], field: str, told: str) -> None:
    sent = {"stage_id": stage(), **given}
    scripted = alice.post("/contacts/new/", sent, headers=SCRIPT)
    assert (scripted.status_code, scripted.json()["errors"][field]) == (422, [told])
    plain = alice.post("/contacts/new/", sent)
    assert plain.status_code == 422
    assert told in plain.content.decode()


def test_one_field_is_saved_by_itself(alice: Client, ada: dict[str, Any], cast: Cast) -> None:
    response = alice.post(f"/contacts/{ada['id']}/", {"job_title": "Analyst"}, headers=SCRIPT)
    assert (response.status_code, response.json()) == (
        200,
        {"toast": "", "location": None, "version": 2},
    )
    found = call(get_contact, cast.alice.context(), {"contact_id": ada["id"]})
    assert (found["job_title"], found["email"], found["version"]) == ("Analyst", "ada@engine.org", 2)


def test_refused_field_without_scripts(alice: Client, ada: dict[str, Any]) -> None:
    path = f"/contacts/{ada['id']}/"
    response = alice.post(path, {"email": "ada@", "job_title": "Analyst"})
    assert (response.status_code, response["Location"]) == (303, path)
    text = alice.get(path).content.decode()
    assert "Email: Enter a valid email address." in text
    assert "Analyst" not in text


def test_readonly_field_is_not_sent_on(alice: Client, ada: dict[str, Any], cast: Cast) -> None:
    restrict("phone", "read", cast)
    response = alice.post(f"/contacts/{ada['id']}/", {"phone": "+1 415 555 9999"}, headers=SCRIPT)
    assert response.status_code == 200
    found = call(get_contact, cast.alice.context(), {"contact_id": ada["id"]})
    assert found["phone"] == "+1 415 555 0123"


def test_hidden_field_is_on_no_page(alice: Client, ada: dict[str, Any], cast: Cast) -> None:
    restrict("phone", "hidden", cast)
    for path in ("/", "/contacts/", f"/contacts/{ada['id']}/", "/contacts/new/", "/lookups/contacts/"):
        text = alice.get(path).content.decode()
        assert "415 555" not in text
        assert "Phone" not in text


def restrict(field: str, level: str, cast: Cast) -> None:
    args = {"role_id": Role.objects.get(key="agent").pk, "object": "contact", "field": field, "level": level}
    call(set_field_permission, cast.olivia.context(), args)


def test_refusal_is_told(alice: Client, ada: dict[str, Any], cast: Cast, browse: Browse) -> None:
    """Vera sees the contact and may not change it; Bob does not see it."""
    path = f"/contacts/{ada['id']}/archive/"
    vera = browse(cast.vera).post(path, headers=SCRIPT)
    assert vera.status_code == 403
    assert "does not allow" in vera.json()["errors"][""][0]
    assert browse(cast.bob).post(path, headers=SCRIPT).status_code == 404
    assert browse(cast.bob).post(path).status_code == 404


def test_api_key_is_shown_once(browse: Browse, cast: Cast, acme: str) -> None:
    olivia = browse(cast.olivia)
    response = olivia.post("/settings/api-keys/new/", {"name": "Website form", "reach": "write"})
    key = response.context["made"]["key"]
    assert key in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    listed = olivia.get("/settings/api-keys/").content.decode()
    assert "Website form" in listed
    assert key not in listed


def test_theme_without_scripts(alice: Client) -> None:
    response = alice.post("/theme/", {"theme": "dark"}, headers={"referer": "http://evil.example/"})
    assert (response["Location"], response.cookies["theme"].value) == ("/", "dark")
    assert 'data-theme="dark"' in alice.get("/").content.decode()
    assert alice.post("/theme/", {"theme": "pink"}).cookies["theme"].value == ""


def test_pages_of_a_list(alice: Client, cast: Cast) -> None:
    for number in range(120):
        call(create_contact, cast.alice.context(), {"first_name": f"Ada {number:03}"})
    first = alice.get("/contacts/?sort=full_name")
    assert "Ada 000" in first.content.decode()
    path = "/contacts/?sort=full_name"
    seen: list[str] = []
    for _ in range(3):
        text = alice.get(path).content.decode()
        seen.append(text)
        path = "/contacts/" + link(text, "next") if 'rel="next"' in text else ""
    assert ["Ada 050" in seen[1], "Ada 100" in seen[2], path] == [True, True, ""]
    second = alice.get("/contacts/" + link(seen[2], "prev")).content.decode()
    assert "Ada 050" in second
    assert "Ada 000" in alice.get("/contacts/" + link(second, "prev")).content.decode()


def link(text: str, rel: str) -> str:
    """The address of the link with the relation."""
    before = text.split(f'" rel="{rel}"', maxsplit=1)[0]
    return before.rpartition('href="')[2].replace("&amp;", "&")


def test_form_begins_with_the_record_of_the_page(alice: Client, ada: dict[str, Any]) -> None:
    response = alice.get(f"/deals/new/?contact={ada['id']}")
    assert f'<option value="{ada["id"]}" selected>Ada</option>' in response.content.decode()
    assert alice.get("/tasks/new/?contact=99999").status_code == 404
