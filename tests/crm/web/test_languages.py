"""Pages, refusals and emails in the reader's language, times in their zone."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import OutgoingEmail, User
from accounts.roles.invitation_mutations import invite_member
from crm.contacts.models import ContactStage
from crm.tasks.mutations import create_task
from crm.web.templatetags.ui import money
from realtime.functions import NotFound, Phrase, translated
from realtime.functions.call import call
from tests.cast import Cast, Person
from tests.crm.web.conftest import Browse


def speaks_german(person: Person, zone: str = "Europe/Berlin") -> None:
    User.objects.filter(pk=person.user_id).update(locale="de", time_zone=zone)


@pytest.mark.usefixtures("acme")
def test_a_page_is_in_the_users_language_and_zone(browse: Browse, cast: Cast) -> None:
    due = datetime(2031, 7, 4, 22, 30, tzinfo=UTC)
    call(create_task, cast.alice.context(), {"title": "Ring Ada", "due_at": due})
    speaks_german(cast.alice)
    response = browse(cast.alice).get("/tasks/", headers={"accept-language": "en"})
    text = response.content.decode()
    assert '<html lang="de"' in text
    assert response.headers["Content-Language"] == "de"
    assert "Aufgaben" in text
    assert "Sa, 5. Jul, 00:30" in text


@pytest.mark.usefixtures("acme")
def test_one_users_language_is_not_the_next_ones(browse: Browse, cast: Cast) -> None:
    speaks_german(cast.alice)
    assert "Aufgaben" in browse(cast.alice).get("/tasks/").content.decode()
    assert "Aufgaben" not in browse(cast.bob).get("/tasks/").content.decode()


@pytest.mark.django_db
def test_who_is_not_logged_in_gets_the_browsers_language() -> None:
    german = Client(headers={"host": "localhost", "accept-language": "de-AT,de;q=0.9,en;q=0.5"})
    assert "Schön, Sie wiederzusehen." in german.get("/login/").content.decode()
    french = Client(headers={"host": "localhost", "accept-language": "fr"})
    assert '<html lang="en"' in french.get("/login/").content.decode()


@pytest.mark.usefixtures("acme")
def test_refusals_are_translated(browse: Browse, cast: Cast) -> None:
    speaks_german(cast.alice)
    stage = ContactStage.objects.order_by("position").values_list("id", flat=True)[0]
    answer = browse(cast.alice).post("/contacts/new/", {"stage_id": stage}, headers={"X-Enhance": "region"})
    assert "Geben Sie einen Namen" in str(answer.json()["errors"])


def test_a_phrase_is_english_for_programs_and_translated_for_people() -> None:
    phrase = Phrase("Your role does not allow this (%(permission)s).", permission="deal.edit")
    assert NotFound(phrase).detail == "Your role does not allow this (deal.edit)."
    with translation.override("de"):
        assert translated(phrase) == "Ihre Rolle erlaubt das nicht (deal.edit)."
        assert translated("There is no deal with this id.") == "Es gibt keinen Deal mit dieser Nummer."
        assert translated("Nobody ever said this.") == "Nobody ever said this."


@pytest.mark.usefixtures("acme")
def test_an_email_is_in_its_readers_language(cast: Cast) -> None:
    speaks_german(cast.charlie)
    role = {"role_id": 4, "team_ids": []}
    for email in (cast.charlie.email, "new@example.org"):
        call(invite_member, cast.olivia.context(), {"email": email, **role})
    german, english = OutgoingEmail.objects.order_by("id")
    assert german.subject == "Acme beitreten"
    assert "lädt Sie ein" in german.text
    assert english.subject == "Join Acme"
    assert "invites you" in english.text


@pytest.mark.parametrize(
    ("language", "written"), [("en", "€12,500.50"), ("de", "12.500,50\N{NO-BREAK SPACE}€")]
)
def test_amounts_are_written_as_the_language_does(language: str, written: str) -> None:
    with translation.override(language):
        assert written in money(Decimal("12500.5"), "EUR")
