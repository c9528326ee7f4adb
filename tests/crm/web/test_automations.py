"""Pages around automations: who gives work out in turn, and what a run did in the words of its builder."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from crm.automations.routing import list_routing_rules
from crm.web.run_words import note_in_words, told
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.web.conftest import Browse
from workflows.drain import drain
from workflows.runs.models import Run

pytestmark = pytest.mark.django_db


def test_a_routing_rule_is_made_changed_and_deleted(browse: Browse, cast: Cast, acme: str) -> None:
    client, alice, bob = browse(cast.olivia), cast.alice.member_id, cast.bob.member_id
    new = reverse("routing_rule_new")
    empty = client.post(new, {"name": "Leads", "kind": "weighted"})
    assert empty.status_code == 422
    assert "Choose at least one member." in empty.content.decode()
    sent = {"name": "Leads", "kind": "weighted", f"seat_{alice}": "on", f"weight_{alice}": "3"}
    assert client.post(new, sent).status_code == 303
    rule = call(list_routing_rules, cast.olivia.context())[0]
    assert [(seat["member_id"], seat["weight"]) for seat in rule["seats"]] == [(alice, 3)]
    assert "× 3" in client.get(reverse("routing_rules")).content.decode()

    edit = reverse("routing_rule_edit", args=[rule["id"]])
    assert 'value="3"' in client.get(edit).content.decode()
    client.post(edit, {"name": "Leads", "kind": "round_robin", f"seat_{bob}": "on"})
    rule = call(list_routing_rules, cast.olivia.context())[0]
    assert (rule["kind"], [seat["member_id"] for seat in rule["seats"]]) == ("round_robin", [bob])
    assert client.post(reverse("routing_rule_delete", args=[rule["id"]])).status_code == 303
    assert call(list_routing_rules, cast.olivia.context()) == []


def test_nobody_enrols_everybody_by_forgetting_the_conditions(browse: Browse, cast: Cast, acme: str) -> None:
    made: Any = call("sequences.create_sequence", cast.olivia.context(), {"name": "Hello"})["id"]
    step = {"sequence_id": made, "step": {"kind": "wait", "days": 1}}
    call("sequences.add_step", cast.olivia.context(), step)
    call("sequences.publish_sequence", cast.olivia.context(), {"sequence_id": made})
    client, address = browse(cast.olivia), reverse("sequence_enroll", args=[made])
    refused = client.post(address, {"filter": ""})
    assert refused.status_code == 422
    assert "Add a condition" in refused.content.decode()
    assert client.post(address, {"filter": "", "everybody": "on"}).status_code == 303
    intakes = call("sequences.list_intakes", cast.olivia.context(), {"sequence_id": made})["data"]
    assert [row["expected"] for row in intakes] == [0]


def test_a_run_says_what_was_built(browse: Browse, cast: Cast, acme: str) -> None:
    contact = call("contacts.create_contact", cast.olivia.context(), {"first_name": "Ada"})["id"]
    made = {"name": "Greet", "trigger": {"kind": "by_hand", "object": "contact"}}
    automation = call("automations.create_automation", cast.olivia.context(), made)["id"]
    asked = {"field": "first_name", "op": "is", "value": "Ada"}
    for step in (
        {"id": "c3", "kind": "wait", "days": 1},
        {"id": "b2", "kind": "branch", "test": {"kind": "matches", "filter": asked}},
        {"id": "a1", "kind": "add_tag", "tag": "Fresh"},
    ):
        sent = {"automation_id": automation, "step": step}
        call("automations.add_step", cast.olivia.context(), sent)
    call("automations.publish_automation", cast.olivia.context(), {"automation_id": automation})
    start = {"automation_id": automation, "record_id": contact}
    call("automations.start_automation", cast.olivia.context(), start)
    drain(5)
    run = Run.objects.get(workflow="automations.contact")
    page = browse(cast.olivia).get(reverse("settings_run", args=[run.pk])).content.decode()
    assert "Tag the contact" in page
    assert "Fresh" in page
    assert '<span class="badge good">Yes</span>' in page
    assert "is-lookup" in page
    listed = browse(cast.olivia).get(reverse("settings_runs")).content.decode()
    assert "Greet" in listed
    assert "Ada · Automation for a contact" in listed


def test_a_record_without_a_name_is_not_one_out_of_sight(browse: Browse, cast: Cast, acme: str) -> None:
    made: Any = {"email": "only@example.com"}
    contact = call("contacts.create_contact", cast.olivia.context(), made)["id"]
    made = {"name": "Greet", "trigger": {"kind": "by_hand", "object": "contact"}}
    automation = call("automations.create_automation", cast.olivia.context(), made)["id"]
    step = {"automation_id": automation, "step": {"id": "a1", "kind": "wait", "days": 1}}
    call("automations.add_step", cast.olivia.context(), step)
    call("automations.publish_automation", cast.olivia.context(), {"automation_id": automation})
    start = {"automation_id": automation, "record_id": contact}
    call("automations.start_automation", cast.olivia.context(), start)
    runs = call("automations.list_automation_runs", cast.olivia.context(), {"automation_id": automation})
    assert [row["record_name"] for row in runs["data"]] == [f"#{contact}"]
    listed = browse(cast.olivia).get(reverse("settings_runs")).content.decode()
    assert f"#{contact} · Automation for a contact" in listed


def entry(name: str, status: str = "done", **more: Any) -> dict[str, Any]:
    """A timeline's entry as the page has it."""
    kind = "event" if name == "changed" else "query"
    return {"name": name, "kind": kind, "status": status, "state": status, "colour": "", "due_at": None, "title": name,
            "is_waiting": status == "waiting", "is_lookup": False, "found": {"matches": False}, **more}  # fmt: skip


def test_a_wait_for_conditions_is_one_entry_however_often_it_looked() -> None:
    card = {
        "id": "w",
        "label": "Wait",
        "icon": "clock",
        "said": "",
        "conditions": ["Ready"],
        "replied": False,
    }
    found = told(
        [
            entry("facts"),
            entry("wait_for/w"),
            entry("changed"),
            entry("wait_for/w"),
            entry("changed", "waiting"),
        ],
        {"w": card},
    )
    assert [one["is_lookup"] for one in found] == [True, True, True, False, True]
    shown = found[3]
    assert (shown["status"], shown["kind_label"], shown["answer"]) == ("waiting", "Ready", "")


def test_a_refusal_is_said_by_the_steps_name() -> None:
    said = note_in_words("move_stage was refused: Fill in the amount.")
    assert said == "“Move the deal” was refused: Fill in the amount."
    assert note_in_words("Done.") == "Done."


def test_whoever_publishes_a_clock_is_told_how_many_records_it_takes(
    browse: Browse, cast: Cast, acme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx = cast.olivia.context
    for name in ("Ada", "Ben", "Cleo"):
        call("contacts.create_contact", cast.alice.context(), {"first_name": name})
    automation = call("automations.create_automation", ctx(), {"name": "Sweep"})["id"]
    step = {"automation_id": automation, "step": {"id": "a1", "kind": "add_tag", "tag": "Fresh"}}
    call("automations.add_step", ctx(), step)
    client = browse(cast.olivia)
    sent = {"object": "contact", "often": "weekly", "weekdays": ["mon", "thu"], "at": "09:30", "only_if": ""}
    trigger = reverse("automation_trigger", args=[automation])
    assert client.post(f"{trigger}?kind=schedule", {**sent, "weekdays": []}).status_code == 422
    assert client.post(f"{trigger}?kind=schedule", sent).status_code == 303
    row = call("automations.get_automation", ctx(), {"automation_id": automation})
    assert row["definition"]["trigger"]["cron"] == "30 9 * * mon,thu"

    def page(name: str) -> str:
        return client.get(reverse(name, args=[automation])).content.decode()

    assert "Monday, Thursday · 09:30" in page("automation")
    assert "No conditions: every record is taken each time." in page("automation")
    said = page("automation_publish")
    assert "It would take 3 records as things stand. It has no conditions" in said
    assert "Next time: " in said
    monkeypatch.setattr("crm.automations.reach.MOST_COUNTED", 2)
    assert "It would take more than 1,000 records." in page("automation_publish")
    chosen = {"field": "first_name", "op": "is", "value": "Ben"}
    args = {"automation_id": automation, "trigger": row["definition"]["trigger"], "only_if": chosen}
    call("automations.set_trigger", ctx(), args)
    reach = call("automations.get_reach", ctx(), {"automation_id": automation})
    assert (reach["records"], reach["is_more"], reach["is_all"]) == (1, False, False)
    assert "every record is taken" not in page("automation") + page("automation_publish")
    assert client.post(reverse("automation_publish", args=[automation])).status_code == 303
    assert call("automations.get_automation", ctx(), {"automation_id": automation})["is_on"]


def test_the_reach_of_a_date_is_that_of_its_next_day(cast: Cast, acme: str) -> None:
    ctx = cast.olivia.context
    trigger = {"kind": "date_reached", "object": "deal", "field": "close_date", "days": -3, "at": "09:00"}
    args = {"name": "Near", "trigger": trigger}
    automation = call("automations.create_automation", ctx(), args)["id"]
    next_at = call("automations.get_reach", ctx(), {"automation_id": automation})["next_at"]
    for days in (2, 3, 3, 4):
        day = (next_at + timedelta(days=days)).date().isoformat()
        call("deals.create_deal", cast.alice.context(), {"title": "Loft", "close_date": day})
    reach = call("automations.get_reach", ctx(), {"automation_id": automation})
    assert (reach["records"], reach["is_all"]) == (2, False)
    args = {"automation_id": automation, "trigger": {"kind": "by_hand", "object": "contact"}}
    call("automations.set_trigger", ctx(), args)
    assert call("automations.get_reach", ctx(), {"automation_id": automation})["next_at"] is None


def test_the_signing_secret_is_shown_when_asked_for_and_renewed(
    browse: Browse, cast: Cast, acme: str
) -> None:
    client, address = browse(cast.olivia), reverse("automation_signing")
    first = call("automations.reveal_signing_secret", cast.olivia.context(), {})["secret"]
    hidden = client.get(address)
    assert first not in hidden.content.decode()
    shown = client.post(address)
    assert first in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert client.post(address, {"do": "renew", "overlap_hours": "9999"}).status_code == 422
    renewed = client.post(address, {"do": "renew", "overlap_hours": "72"}).content.decode()
    second = call("automations.reveal_signing_secret", cast.olivia.context(), {})["secret"]
    assert second != first
    assert second in renewed
    assert "The former one signs, too, until" in renewed
    entries = call("audit.list_audit_entries", cast.olivia.context(), {"object": "signing_secret"})["data"]
    assert [row["function"].partition(".")[2] for row in entries].count("reveal_signing_secret") == 3
    assert second not in str(entries)
