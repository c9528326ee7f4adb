"""Custom fields on pages: in the forms, beside the record, in settings."""

from typing import Any

import pytest

from crm.contacts.models import Contact
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.web.conftest import Browse

TYPES: dict[str, tuple[Any, Any]] = {
    "text": ("gold", "gold"),
    "long_text": ("a\nb", "a\nb"),
    "number": ("1.5", 1.5),
    "currency": ("99.90", 99.9),
    "date": ("2026-05-01", "2026-05-01"),
    "datetime": ("2026-05-01T09:00", "2026-05-01T09:00:00Z"),
    "yes_no": ("false", False),
    "choice": ("hot", "hot"),
    "choices": (["", "hot"], ["hot"]),
    "url": ("https://example.com", "https://example.com"),
    "email": ("ada@example.com", "ada@example.com"),
    "phone": ("+1 415 555 0123", "+1 415 555 0123"),
}


def define(cast: Cast, label: str, kind: str, **more: Any) -> int:
    options = [{"label": "hot"}, {"label": "cold"}] if kind in ("choice", "choices") else []
    args = {"object": "contact", "label": label, "type": kind, "options": options, **more}
    return int(call("fields.create_custom_field", cast.olivia.context(), args)["id"])


@pytest.mark.usefixtures("acme")
def test_every_type_in_the_form_and_beside_the_record(browse: Browse, cast: Cast) -> None:
    for kind in TYPES:
        define(cast, f"A {kind}", kind)
    alice = browse(cast.alice)
    given = {f"custom.a_{kind}": sent for kind, (sent, _) in TYPES.items()}
    answer = alice.post("/contacts/new/", {"first_name": "Ada", "stage_id": _stage(), **given})
    assert answer.status_code == 303, answer.content.decode()
    contact = Contact.objects.get()
    kept = {f"a_{kind}": value for kind, (_, value) in TYPES.items()}
    assert contact.custom_values == kept
    page = alice.get(f"/contacts/{contact.pk}/").content.decode()
    for kind in TYPES:
        assert f'name="custom.a_{kind}"' in page
    for kind, (sent, _) in TYPES.items():
        alice.post(f"/contacts/{contact.pk}/", {f"custom.a_{kind}": sent})
    contact.refresh_from_db()
    assert (contact.custom_values, contact.version) == (kept, 1)
    alice.post(f"/contacts/{contact.pk}/", {"custom.a_choices": ""})
    contact.refresh_from_db()
    assert contact.custom_values == {key: value for key, value in kept.items() if key != "a_choices"}


@pytest.mark.usefixtures("acme")
def test_what_is_wrong_is_said_beside_the_field(browse: Browse, cast: Cast) -> None:
    define(cast, "Site", "url", required=True)
    alice = browse(cast.alice)
    for given in ({"custom.site": "nonsense"}, {}):
        sent = {"first_name": "Ada", "stage_id": _stage(), **given}
        answer = alice.post("/contacts/new/", sent, headers={"X-Enhance": "region"})
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["custom.site"])


def _stage() -> int:
    from crm.contacts.models import ContactStage

    return ContactStage.objects.values_list("id", flat=True)[0]
