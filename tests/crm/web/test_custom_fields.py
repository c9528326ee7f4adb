"""Custom fields on pages: in the forms, beside the record, in settings."""

from typing import Any

import pytest

from accounts.roles.models import Role
from crm.contacts.models import Contact, ContactStage
from crm.fields.models import CustomField
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
    return ContactStage.objects.values_list("id", flat=True)[0]


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    ("noun", "place", "given"),
    [("company", "companies", {"name": "Hollis"}), ("deal", "deals", {"title": "Loft", "currency": "EUR"}),
     ("task", "tasks", {"title": "Call", "kind": "call"})],
)  # fmt: skip
def test_the_other_records_have_them_too(
    browse: Browse, cast: Cast, noun: str, place: str, given: dict[str, str]
) -> None:
    args = {"object": noun, "label": "Plan", "type": "text"}
    call("fields.create_custom_field", cast.olivia.context(), args)
    stage = call("deals.list_pipelines", cast.olivia.context())[0]["stages"][0]["id"]
    alice = browse(cast.alice)
    sent = {**given, "custom.plan": "gold", **({"stage_id": stage} if noun == "deal" else {})}
    answer = alice.post(f"/{place}/new/", sent)
    assert answer.status_code == 303, answer.content.decode()
    search = call(f"{place}.search_{place}", cast.alice.context(), {"sort": "-custom.plan"})
    (row,) = search["data"]
    assert row["custom"] == {"plan": "gold"}
    page = alice.get(f"/{place}/{row['id']}/").content.decode()
    assert 'name="custom.plan"' in page


@pytest.mark.usefixtures("acme")
def test_fields_are_defined_in_the_settings(browse: Browse, cast: Cast) -> None:
    olivia = browse(cast.olivia)
    new = {"label": "Heat", "type": "choice", "new_options": "Hot\n\nCold"}
    assert olivia.post("/settings/fields/contact/new/", new).status_code == 303
    field = CustomField.objects.get()
    assert list(field.options.values_list("key", "label")) == [("hot", "Hot"), ("cold", "Cold")]
    page = olivia.get("/settings/fields/").content.decode()
    assert "Heat" in page
    assert "2 options" in page
    changed = {**new, "label": "Warmth", "required": "on", "new_options": "Warm", "option.hot": "Boiling"}
    olivia.post(f"/settings/fields/{field.pk}/", {**changed, "option.cold": ""})
    field.refresh_from_db()
    assert (field.label, field.required) == ("Warmth", True)
    assert list(field.options.values_list("key", "label")) == [("hot", "Boiling"), ("warm", "Warm")]
    other = define(cast, "Size", "number")
    olivia.post("/settings/fields/contact/order/", {"order": f"{other},{field.pk}"})
    assert list(CustomField.objects.order_by("position").values_list("pk", flat=True)) == [other, field.pk]
    olivia.post(f"/settings/fields/{field.pk}/retire/", {"retired": "1"})
    assert "1 retired field" in olivia.get("/settings/fields/").content.decode()
    assert 'value="1.Warmth' not in olivia.get("/contacts/new/").content.decode()
    olivia.post(f"/settings/fields/{field.pk}/delete/")
    assert list(CustomField.objects.values_list("pk", flat=True)) == [other]
    assert browse(cast.alice).get("/settings/fields/").status_code == 403


@pytest.mark.usefixtures("acme")
def test_roles_are_kept_from_a_field_in_their_editor(browse: Browse, cast: Cast) -> None:
    define(cast, "Salary", "number")
    agent = Role.objects.get(key="agent").pk
    olivia = browse(cast.olivia)
    assert "custom.salary" in olivia.get(f"/settings/roles/{agent}/").content.decode()
    rule = {"field": "contact.custom.salary", "level": "hidden"}
    assert olivia.post(f"/settings/roles/{agent}/field/", rule).status_code in (302, 303)
    assert "custom.salary" not in browse(cast.alice).get("/contacts/new/").content.decode()
