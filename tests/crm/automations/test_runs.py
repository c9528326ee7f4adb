"""What runs do with a record, step by step, over days and through changes of the automation."""

from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from accounts.actor import system_context
from crm.activities.models import Activity
from crm.automations.facts import merged, unknown_places
from crm.automations.models import AutomationRun, RoutingSeat
from crm.contacts.models import Contact
from crm.deals.models import Deal
from crm.mail.composing import compose
from crm.mail.models import MailMessage
from crm.notifications.models import Notification
from crm.sequences.models import Enrollment
from crm.tasks.models import Task
from realtime.functions import Conflict, InvalidInput, NotFound, PreconditionFailed
from realtime.functions.call import call
from tests.cast import ACME, Cast
from tests.crm.automations.conftest import Make, named, settle
from workflows.runs.models import Run, StepRun
from workflows.testing import advance

DAY = timedelta(days=1)
BY_HAND = {"kind": "by_hand", "object": "contact"}
DEAL = {"kind": "by_hand", "object": "deal"}


def contact_of(cast: Cast, **given: Any) -> int:
    """A contact of Alice's."""
    args = {"first_name": "Ada", "last_name": "Byron", "email": "ada@example.com", **given}
    return int(call("contacts.create_contact", cast.alice.context(), args)["id"])


def go(cast: Cast, automation: int, record: int) -> Any:
    """Start it by hand and let it go as far as it gets; its run."""
    args = {"automation_id": automation, "record_id": record}
    found = call("automations.start_automation", cast.olivia.context(), args)
    settle()
    return found["run_id"] and Run.objects.get(pk=found["run_id"])


def test_every_step_does_what_it_says(make: Make, cast: Cast) -> None:
    contact = contact_of(cast)
    deal = call("deals.create_deal", cast.alice.context(), {"title": "Loft", "contact_id": contact})
    stage = call("deals.list_pipelines", cast.olivia.context())[0]["stages"][2]["id"]
    automation = make(
        DEAL,
        {"kind": "create_task", "title": "Call {contact.first_name} on {deal.title}", "due_days": 2},
        {"kind": "move_stage", "stage_id": stage},
        {"kind": "update_field", "field": "title", "value": "{deal.title}!"},
        {"kind": "add_note", "body": "Hello {contact.full_name}{contact.job_title}"},
        {"kind": "notify", "to": "leader", "text": "{deal.title} moved"},
        {
            "kind": "send_email",
            "subject": "Hi {contact.first_name}",
            "body": "About {deal.title}\n\n{owner.name}",
        },
        {"kind": "assign", "member_id": cast.bob.member_id},
    )
    run = go(cast, automation, deal["id"])
    assert (run.status, run.note) == ("completed", "")
    task = Task.objects.get()
    assert (task.title, task.contact_id, task.deal_id) == ("Call Ada on Loft", contact, deal["id"])
    assert task.due_date is not None
    row = Deal.objects.get()
    assert (row.stage_id, row.title, row.owner_id) == (stage, "Loft!", cast.bob.member_id)
    assert Activity.objects.filter(kind="note").get().body == "Hello Ada Byron"
    told = Notification.objects.get(kind="automation")
    assert (told.member_id, told.title, told.link) == (cast.lea.member_id, "Loft! moved", f"/deals/{row.pk}/")
    email = MailMessage.objects.get()
    assert (email.to_address, email.subject, email.reply_to) == (
        "ada@example.com",
        "Hi Ada",
        cast.alice.email,
    )
    assert "About Loft!" in email.text
    assert Activity.objects.get(kind="email").contact_id == contact
    # The timeline names each step by the builder's id.
    assert {"create_task/s0", "move_stage/s1", "assign/s6"} <= set(
        StepRun.objects.filter(run=run).values_list("name", flat=True)
    )


def test_waiting_for_days_and_an_answer(make: Make, cast: Cast) -> None:
    wait = {"kind": "wait", "days": 2}
    tell = {"kind": "notify", "to": "leader", "text": "No answer from {contact.full_name}"}
    done = {"kind": "add_note", "body": "Answered"}
    automation = make(
        BY_HAND, wait, {"kind": "branch", "test": {"kind": "replied"}, "yes": [done], "no": [tell]}
    )
    silent, keen = contact_of(cast), contact_of(cast, first_name="Bea", email="bea@example.com")
    first, second = go(cast, automation, silent), go(cast, automation, keen)
    assert (first.status, second.status) == ("waiting", "waiting")
    args = {"kind": "email", "direction": "in", "contact_id": keen, "body": "Gladly"}
    call("activities.create_activity", cast.alice.context(), args)
    advance(2 * DAY)
    settle()
    assert set(Run.objects.values_list("status", flat=True)) == {"completed"}
    assert [row.title for row in Notification.objects.filter(kind="automation")] == [
        "No answer from Ada Byron"
    ]
    assert Activity.objects.filter(kind="note").get().contact_id == keen


def test_waiting_for_a_condition(make: Make, cast: Cast) -> None:
    filter = {"field": "job_title", "op": "is", "value": "Chief"}
    automation = make(
        BY_HAND, {"kind": "wait_for", "filter": filter, "days": 5}, {"kind": "create_task", "title": "Go"}
    )
    early, never = contact_of(cast), contact_of(cast, first_name="Bea", email="")
    go(cast, automation, early)
    go(cast, automation, never)
    assert not Task.objects.exists()
    for title in ("Clerk", "Chief"):
        args = {"contact_id": early, "changes": {"job_title": title}}
        call("contacts.update_contact", cast.alice.context(), args)
        settle()
        assert Task.objects.count() == (title == "Chief")
    advance(5 * DAY)
    settle()
    assert Task.objects.count() == 2


def test_a_run_follows_the_version_it_began_with(make: Make, cast: Cast) -> None:
    automation = make(BY_HAND, {"kind": "wait", "days": 1}, {"kind": "create_task", "title": "Old"})
    go(cast, automation, contact_of(cast))
    new = {"trigger": BY_HAND, "steps": named([{"kind": "create_task", "title": "New"}])}
    args = {"automation_id": automation, "changes": {"definition": new}}
    assert call("automations.update_automation", cast.olivia.context(), args)["is_changed"]
    found = call("automations.publish_automation", cast.olivia.context(), {"automation_id": automation})
    assert [row["number"] for row in found["versions"]] == [2, 1]
    go(cast, automation, contact_of(cast, first_name="Bea", email=""))
    advance(DAY)
    settle()
    assert sorted(Task.objects.values_list("title", flat=True)) == ["New", "Old"]
    assert sorted(AutomationRun.objects.values_list("number", flat=True)) == [1, 2]


def test_a_record_in_the_bin_ends_its_run(make: Make, cast: Cast) -> None:
    automation = make(BY_HAND, {"kind": "wait", "days": 1}, {"kind": "create_task", "title": "Too late"})
    contact = contact_of(cast)
    run = go(cast, automation, contact)
    call("contacts.archive_contact", cast.alice.context(), {"contact_id": contact})
    advance(DAY)
    settle()
    run.refresh_from_db()
    assert (run.status, run.note) == ("completed", "The record is gone or in the bin.")
    assert not Task.objects.exists()


def test_a_refused_step_is_said_and_the_rest_goes_on(make: Make, cast: Cast) -> None:
    refused = {"kind": "update_field", "field": "email", "value": "{contact.first_name}"}
    automation = make(BY_HAND, refused, {"kind": "create_task", "title": "Still"})
    run = go(cast, automation, contact_of(cast))
    assert run.status == "completed"
    assert run.note.startswith("update_field was refused")
    assert StepRun.objects.get(run=run, name="update_field/s0").status == "failed"
    assert Task.objects.get().title == "Still"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"kind": "create_task", "title": "Call"}, "The record has no owner."),
        ({"kind": "notify", "text": "New"}, "The record has no owner."),
        ({"kind": "send_email", "to": "owner", "subject": "New", "body": "New"}, "The record has no owner."),
        ({"kind": "send_email", "subject": "New", "body": "New"}, "The record has no contact."),
        ({"kind": "add_tag", "tag": "Hot"}, "The record has no contact."),
    ],
)
def test_a_step_that_has_nobody_is_said(make: Make, cast: Cast, step: dict[str, Any], said: str) -> None:
    deal = call("deals.create_deal", cast.olivia.context(), {"title": "Loft"})["id"]
    call("deals.assign_deal", cast.olivia.context(), {"deal_id": deal, "owner_id": None})
    run = go(cast, make(DEAL, step, {"kind": "add_note", "body": "Goes on"}), deal)
    assert (run.status, run.note) == ("completed", f"{step['kind']} was refused: {said}")
    assert Activity.objects.filter(deal=deal, body="Goes on").exists()


def test_whoever_gets_an_automation_s_email_can_unsubscribe(make: Make, cast: Cast) -> None:
    ada = contact_of(cast)
    automation = make(BY_HAND, {"kind": "send_email", "subject": "News", "body": "Some"})
    go(cast, automation, ada)
    sent = compose(ACME, MailMessage.objects.get(contact=ada))
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/mail/unsubscribe/" in sent.body
    proof = {"email": "ada@example.com", "proof": "Clicked."}
    call("mail.unsubscribe", system_context(ACME), proof)
    assert go(cast, automation, ada).status == "completed"
    assert MailMessage.objects.filter(contact=ada).count() == 1


def test_one_run_at_a_time_for_a_record(make: Make, cast: Cast) -> None:
    automation = make(BY_HAND, {"kind": "wait", "days": 1})
    contact = contact_of(cast)
    assert go(cast, automation, contact) is not None
    assert go(cast, automation, contact) is None
    advance(DAY)
    settle()
    assert go(cast, automation, contact) is not None


def test_deleting_an_automation_ends_its_runs(make: Make, cast: Cast) -> None:
    automation = make(BY_HAND, {"kind": "wait", "days": 1}, {"kind": "create_task", "title": "Never"})
    run = go(cast, automation, contact_of(cast))
    call("automations.delete_automation", cast.olivia.context(), {"automation_id": automation})
    advance(DAY)
    settle()
    run.refresh_from_db()
    assert run.status == "cancelled"
    assert not Task.objects.exists()


def test_round_robin_and_weights_are_fair(make: Make, cast: Cast) -> None:
    seats = [{"member_id": cast.alice.member_id, "weight": 3}, {"member_id": cast.bob.member_id}]
    rules = call("automations.create_routing_rule", cast.olivia.context(),
                 {"name": "Leads", "kind": "weighted", "seats": seats})  # fmt: skip
    automation = make(BY_HAND, {"kind": "assign", "rule_id": rules[0]["id"]})
    for number in range(8):
        go(cast, automation, contact_of(cast, first_name=f"L{number}", email=""))
    owners = list(Contact.objects.values_list("owner_id", flat=True))
    assert owners.count(cast.alice.member_id) == 6
    assert owners.count(cast.bob.member_id) == 2
    assert sum(RoutingSeat.objects.values_list("given", flat=True)) == 8


class Hook(BaseHTTPRequestHandler):
    """A program that takes events; the first answer is a fault."""

    calls: list[tuple[str | None, bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.calls.append((self.headers["Idempotency-Key"], body))
        self.send_response(503 if len(self.calls) == 1 else 200)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Quiet."""


def test_another_program_is_called_again_under_one_key(make: Make, cast: Cast, settings: Any) -> None:
    Hook.calls.clear()
    server = HTTPServer(("127.0.0.1", 0), Hook)
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/in"
    automation = make(BY_HAND, {"kind": "call_webhook", "url": url})
    closed = go(cast, automation, contact_of(cast, first_name="Inside", email=""))
    assert (closed.status, Hook.calls) == ("completed", [])
    assert "inside the deployment's network" in closed.note
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    run = go(cast, automation, contact_of(cast))
    for _ in range(3):
        advance(timedelta(minutes=1))
        settle()
    server.shutdown()
    run.refresh_from_db()
    assert run.status == "completed"
    assert len(Hook.calls) == 2
    assert len({key for key, _body in Hook.calls}) == 1
    assert b'"first_name":"Ada"' in Hook.calls[1][1]


def test_a_dry_run_says_all_and_does_nothing(make: Make, cast: Cast) -> None:
    filter = {"field": "job_title", "op": "is", "value": "Chief"}
    stop = [{"kind": "stop"}]
    branch = {"kind": "branch", "test": {"kind": "matches", "filter": filter}, "yes": [], "no": stop}
    task = {"kind": "create_task", "title": "Meet {contact.first_name}"}
    automation = make(BY_HAND, task, branch, {"kind": "add_note", "body": "x"}, publish=False)
    contact = contact_of(cast)
    args = {"automation_id": automation, "record_id": contact}
    trial = call("automations.try_automation", cast.olivia.context(), args)
    assert [step["would"] for step in trial["steps"]] == [
        "Create the task Meet Ada for Alice.", "The conditions do not hold.", "End here.",
    ]  # fmt: skip
    assert not Task.objects.exists()
    with pytest.raises(NotFound):
        call("automations.try_automation", cast.olivia.context(), {**args, "record_id": 999_999})


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [{"kind": "move_stage", "stage_id": 999_999}],
        [{"kind": "assign"}],
        [{"kind": "create_task", "title": "{contact.password}"}],
        [{"kind": "wait_for", "filter": {"field": "nothing", "op": "is", "value": 1}}],
    ],
)
def test_what_cannot_work_is_not_published(make: Make, cast: Cast, steps: list[dict[str, Any]]) -> None:
    automation = make(BY_HAND, *steps, publish=False)
    detail = call("automations.get_automation", cast.olivia.context(), {"automation_id": automation})
    assert len(detail["problems"]) == 1
    with pytest.raises(InvalidInput):
        call("automations.publish_automation", cast.olivia.context(), {"automation_id": automation})
    with pytest.raises(Conflict):
        go(cast, automation, contact_of(cast))


def test_drafts_are_built_step_by_step(make: Make, cast: Cast) -> None:
    automation = make(BY_HAND, {"kind": "stop"}, publish=False)

    def do(name: str, **args: Any) -> Any:
        found = call(f"automations.{name}", cast.olivia.context(), {"automation_id": automation, **args})
        return found["definition"]["steps"]

    branch = {"id": "b", "kind": "branch", "test": {"kind": "replied"}}
    do("add_step", step=branch)
    do("add_step", step={"id": "c", "kind": "stop"}, within="b", way="no")
    steps = do("add_step", step={"id": "d", "kind": "wait", "days": 1}, after="s0")
    assert [step["id"] for step in steps] == ["b", "s0", "d"]
    assert steps[0]["no"][0]["id"] == "c"
    steps = do("move_step", step_key="d", by=-5)
    assert [step["id"] for step in steps] == ["d", "b", "s0"]
    steps = do("update_step", step={**branch, "test": {"kind": "replied"}})
    assert steps[1]["no"][0]["id"] == "c"
    assert [step["id"] for step in do("delete_step", step_key="b")] == ["d", "s0"]
    for args in ({"step": {"id": "d", "kind": "stop"}}, {"step": {"id": "z", "kind": "stop"}, "within": "d"}):
        with pytest.raises(InvalidInput):
            do("add_step", **args)
    with pytest.raises(InvalidInput):
        do("update_step", step={"id": "d", "kind": "stop"})
    with pytest.raises(NotFound):
        do("delete_step", step_key="gone")
    with pytest.raises(PreconditionFailed):
        do("delete_step", step_key="d", version=1)


def test_a_contact_is_enrolled_taken_out_and_put_into_the_pool(make: Make, cast: Cast) -> None:
    sequence = call("sequences.create_sequence", cast.olivia.context(), {"name": "Welcome"})["id"]
    wait = {"sequence_id": sequence, "step": {"kind": "wait", "days": 3}}
    call("sequences.add_step", cast.olivia.context(), wait)
    call("sequences.publish_sequence", cast.olivia.context(), {"sequence_id": sequence})
    north = cast.teams["North"]
    automation = make(
        {"kind": "by_hand", "object": "contact"},
        {"kind": "enroll", "sequence_id": sequence},
        {"kind": "wait", "days": 1},
        {"kind": "unenroll"},
        {"kind": "claim_pool", "team_id": north},
    )
    ada = call("contacts.create_contact", cast.bob.context(), {"first_name": "Ada"})["id"]
    found = call(
        "automations.try_automation", cast.olivia.context(), {"automation_id": automation, "record_id": ada}
    )
    would = [step["would"] for step in found["steps"]]
    assert would[0] == "Enrol the contact in Welcome."
    assert would[2:] == ["Take the contact out of all sequences.", "Put the contact into the pool of North."]
    run = call(
        "automations.start_automation", cast.olivia.context(), {"automation_id": automation, "record_id": ada}
    )
    settle()
    row = Enrollment.objects.get(contact=ada)
    assert (row.state, row.origin, row.origin_run_id) == ("active", "automation", run["run_id"])
    assert row.owner_id == cast.bob.member_id
    advance(timedelta(days=1))
    settle()
    row.refresh_from_db()
    assert (row.state, row.stop_reason) == ("stopped", "automation")
    assert (row.owner_id, row.team_id) == (None, north)
    assert (
        call("contacts.claim_contact", cast.alice.context(), {"contact_id": ada})["owner_id"]
        == cast.alice.member_id
    )


def test_records_are_made_that_belong_to_the_run_s(make: Make, cast: Cast) -> None:
    stage = call("deals.list_pipelines", cast.olivia.context())[0]["stages"][1]["id"]
    deal = {"title": "Deal of {contact.last_name}", "amount": "2500.50", "stage_id": stage}
    steps = [
        {
            "kind": "create_record",
            "object": "company",
            "values": {"name": "{contact.last_name} Ltd", "city": ""},
        },
        {"kind": "create_record", "object": "deal", "values": deal, "owner": cast.bob.member_id},
        {"kind": "create_record", "object": "contact", "values": {"first_name": "Aide"}, "owner": "leader"},
    ]
    automation = make(BY_HAND, *steps)
    ada = contact_of(cast)
    trial = call(
        "automations.try_automation", cast.olivia.context(), {"automation_id": automation, "record_id": ada}
    )
    assert [step["would"] for step in trial["steps"]] == [
        "Create the company Byron Ltd for Alice.",
        "Create the deal Deal of Byron for Bob.",
        "Create the contact Aide for Lea.",
    ]
    run = go(cast, automation, ada)
    assert (run.status, run.note) == ("completed", "")
    company = Contact.objects.get(pk=ada).company
    assert company is not None
    made = Deal.objects.get()
    assert (company.name, company.owner_id) == ("Byron Ltd", cast.alice.member_id)
    assert (made.title, str(made.amount), made.stage_id, made.contact_id, made.company_id, made.owner_id) == (
        "Deal of Byron", "2500.50", stage, ada, company.pk, cast.bob.member_id,
    )  # fmt: skip
    aide = Contact.objects.get(first_name="Aide")
    assert (aide.company_id, aide.owner_id) == (company.pk, cast.lea.member_id)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"amount": 5}, "Say what the new record is called."),
        ({"title": "Loft", "stage_id": 999_999}, "The stage is gone"),
        ({"title": "Loft", "amount": "much"}, "much does not fit the field amount."),
        ({"title": "{contact.secret}"}, "is not a field that a text can hold"),
    ],
)
def test_a_record_that_cannot_be_made_is_not_published(
    make: Make, cast: Cast, values: dict[str, Any], said: str
) -> None:
    automation = make(BY_HAND, {"kind": "create_record", "object": "deal", "values": values}, publish=False)
    detail = call("automations.get_automation", cast.olivia.context(), {"automation_id": automation})
    assert len(detail["problems"]) == 1
    assert said in detail["problems"][0]


def test_a_forked_run_is_in_the_history(make: Make, cast: Cast) -> None:
    automation = make(
        BY_HAND, {"kind": "create_task", "title": "Call"}, {"kind": "add_note", "body": "Called"}
    )
    run = go(cast, automation, contact_of(cast))
    position = StepRun.objects.filter(run=run, kind="mutation").latest("seq").position
    forked = call("runs.fork_run", cast.olivia.context(), {"run_id": run.pk, "position": position})["id"]
    settle()
    rows = call("automations.list_automation_runs", cast.olivia.context(), {"automation_id": automation})[
        "data"
    ]
    assert [(row["run_id"], row["record_name"]) for row in rows] == [
        (forked, "Ada Byron"),
        (run.pk, "Ada Byron"),
    ]
    assert rows[0]["status"] == "completed"
    assert (Task.objects.count(), Activity.objects.filter(body="Called").count()) == (1, 2)


FACTS = {"fields": {"contact": {"first_name": "Ada", "phone": ""}, "owner": {"name": "{contact.first_name}"}}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello {contact.first_name}", "Hello Ada"),
        ("Hello {{contact.first_name|there}}!", "Hello Ada!"),
        ("{ contact.phone | no number }, {{contact.phone}}", "no number,"),
        ("Of {owner.name}, {deal.title|some deal}", "Of {contact.first_name}, some deal"),
        ("{} {1} {contact.first_name {{contact.first_name}", "{} {1} {contact.first_name {Ada"),
    ],
)
def test_places_are_written_with_one_brace_or_two(text: str, said: str) -> None:
    assert merged(text, FACTS) == said


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("{contact.first_name} {{contact.first_name|there}} {} {1,2}", []),
        ("{first_name} {{ member.name }}", ["{first_name}", "{{ member.name }}"]),
        (
            "{Contact.first_name} {contact.First_name|you}",
            ["{Contact.first_name}", "{contact.First_name|you}"],
        ),
        ("{{contact.email|none}} {contact.email}", ["{{contact.email|none}}", "{contact.email}"]),
    ],
)
def test_what_no_field_fills_is_named_however_it_is_written(text: str, unknown: list[str]) -> None:
    assert unknown_places(text, lambda noun: {"email"} if noun == "contact" else ()) == unknown
