"""Who gets which page: every page by every role, by another tenant and without a session."""

from collections import defaultdict
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.tenancy import tenant_context
from crm.companies.mutations import create_company
from crm.contacts.mutations import create_contact
from crm.deals.mutations import create_deal
from crm.tasks.mutations import create_task
from crm.web.urls import urlpatterns
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.web.conftest import Browse
from workflows.runs.models import Run

#: Page -> status for Olivia (Owner), Adam (Admin), Lea (Leader), Alice (Agent), Bob (Agent), Vera (Viewer).
#: The records are Alice's, who is in Lea's team.
PAGES: dict[str, tuple[int, int, int, int, int, int]] = {
    "home": (200, 200, 200, 200, 200, 200),
    "gallery": (200, 200, 200, 200, 200, 200),
    "contacts": (200, 200, 200, 200, 200, 200),
    "contact_new": (200, 200, 200, 200, 200, 403),
    "contact": (200, 200, 200, 200, 404, 200),
    "contact_pool": (200, 200, 200, 200, 200, 403),
    "part_new": (200, 200, 200, 200, 200, 403),
    "part_edit": (200, 200, 200, 200, 404, 403),
    "relationship_new": (200, 200, 200, 200, 200, 403),
    "company_role_new": (200, 200, 200, 200, 200, 403),
    "consent_new": (200, 200, 200, 200, 200, 403),
    "companies": (200, 200, 200, 200, 200, 200),
    "company_new": (200, 200, 200, 200, 200, 403),
    "company": (200, 200, 200, 200, 200, 200),
    "deals": (200, 200, 200, 200, 200, 200),
    "deal_new": (200, 200, 200, 200, 200, 403),
    "deal": (200, 200, 200, 200, 404, 200),
    "deal_enter": (200, 200, 200, 200, 404, 403),
    "deal_contact_new": (200, 200, 200, 200, 404, 403),
    "deal_member_new": (200, 200, 200, 200, 404, 403),
    "deal_lose": (200, 200, 200, 200, 404, 403),
    "tasks": (200, 200, 200, 200, 200, 200),
    "task_new": (200, 200, 200, 200, 200, 403),
    "task": (200, 200, 200, 200, 404, 200),
    "task_assign": (200, 200, 200, 200, 404, 403),
    "task_snooze": (200, 200, 200, 200, 404, 403),
    "search": (200, 200, 200, 200, 200, 200),
    "search_suggest": (200, 200, 200, 200, 200, 200),
    "notifications": (200, 200, 200, 200, 200, 200),
    "settings": (302, 302, 302, 302, 302, 302),
    "settings_profile": (200, 200, 200, 200, 200, 200),
    "settings_security": (200, 200, 200, 200, 200, 200),
    "settings_tenant": (200, 200, 200, 200, 200, 200),
    "settings_billing": (200, 200, 403, 403, 403, 403),
    "billing_choose": (200, 403, 403, 403, 403, 403),
    "settings_team": (200, 200, 200, 200, 200, 200),
    "invite": (200, 200, 403, 403, 403, 403),
    "team_new": (200, 200, 403, 403, 403, 403),
    "team_rename": (200, 200, 403, 403, 403, 403),
    "settings_roles": (200, 200, 403, 403, 403, 403),
    "role_new": (200, 403, 403, 403, 403, 403),
    "settings_role": (200, 200, 403, 403, 403, 403),
    "role_rename": (200, 403, 403, 403, 403, 403),
    "settings_pipelines": (200, 200, 403, 403, 403, 403),
    "pipeline_new": (200, 200, 403, 403, 403, 403),
    "pipeline_rename": (200, 200, 403, 403, 403, 403),
    "pipeline_delete": (200, 200, 403, 403, 403, 403),
    "stage_new": (200, 200, 403, 403, 403, 403),
    "stage_edit": (200, 200, 403, 403, 403, 403),
    "stage_delete": (200, 200, 403, 403, 403, 403),
    "reason_new": (200, 200, 403, 403, 403, 403),
    "reason_rename": (200, 200, 403, 403, 403, 403),
    "settings_contact_words": (200, 200, 403, 403, 403, 403),
    "contact_stage_new": (200, 200, 403, 403, 403, 403),
    "contact_stage_rename": (200, 200, 403, 403, 403, 403),
    "contact_stage_delete": (200, 200, 403, 403, 403, 403),
    "source_new": (200, 200, 403, 403, 403, 403),
    "source_rename": (200, 200, 403, 403, 403, 403),
    "contact_cell": (200, 200, 200, 200, 404, 403),
    "contact_bulk": (200, 200, 200, 200, 200, 200),
    "company_bulk": (200, 200, 200, 200, 200, 200),
    "deal_bulk": (200, 200, 200, 200, 200, 200),
    "task_bulk": (200, 200, 200, 200, 200, 200),
    "settings_tags": (200, 200, 403, 403, 403, 403),
    "tag_new": (200, 200, 403, 403, 403, 403),
    "tag_edit": (200, 200, 403, 403, 403, 403),
    "tag_merge": (200, 200, 403, 403, 403, 403),
    "settings_bin": (200, 200, 200, 200, 200, 403),
    "list_fields": (200, 200, 200, 200, 200, 200),
    "view_new": (200, 200, 200, 200, 200, 200),
    "view_edit": (200, 200, 200, 200, 200, 200),
    "settings_fields": (200, 200, 403, 403, 403, 403),
    "field_new": (200, 200, 403, 403, 403, 403),
    "field_edit": (200, 200, 403, 403, 403, 403),
    "settings_forms": (200, 200, 200, 403, 403, 403),
    "form_new": (200, 200, 403, 403, 403, 403),
    "form_page": (200, 200, 200, 403, 403, 403),
    "form_texts": (200, 200, 403, 403, 403, 403),
    "form_intake": (200, 200, 403, 403, 403, 403),
    "form_field_new": (200, 200, 403, 403, 403, 403),
    "form_field": (200, 200, 403, 403, 403, 403),
    "inbox": (200, 200, 200, 200, 200, 200),
    "thread": (200, 200, 200, 200, 404, 200),
    "email_new": (200, 200, 200, 200, 404, 403),
    "email_fill": (200, 200, 200, 200, 404, 403),
    "settings_mail_templates": (200, 200, 200, 200, 200, 403),
    "mail_template_new": (200, 200, 200, 200, 200, 403),
    "mail_template_edit": (200, 200, 200, 200, 200, 403),
    "settings_mailbox": (200, 200, 200, 200, 200, 403),
    "mailbox_new": (200, 200, 200, 200, 200, 403),
    "mailbox_edit": (404, 404, 404, 200, 404, 403),
    "settings_suppressions": (200, 200, 403, 403, 403, 403),
    "suppression_new": (200, 200, 403, 403, 403, 403),
    "settings_api_keys": (200, 200, 403, 403, 403, 403),
    "api_key_new": (200, 200, 403, 403, 403, 403),
    "sequences": (200, 200, 200, 200, 200, 200),
    "sequence": (200, 200, 200, 200, 200, 200),
    "sequence_new": (200, 200, 403, 403, 403, 403),
    "sequence_edit": (200, 200, 403, 403, 403, 403),
    "sequence_enroll": (200, 200, 200, 200, 200, 403),
    "sequence_step_new": (200, 200, 403, 403, 403, 403),
    "sequence_step": (200, 200, 403, 403, 403, 403),
    "enrollment": (200, 200, 200, 200, 404, 200),
    "contact_enroll": (200, 200, 200, 200, 404, 403),
    "contact_erase": (200, 403, 403, 403, 403, 403),
    "automations": (200, 200, 200, 403, 403, 403),
    "automation": (200, 200, 200, 403, 403, 403),
    "routing_rules": (200, 200, 200, 403, 403, 403),
    "routing_rule_new": (200, 200, 403, 403, 403, 403),
    "routing_rule_edit": (200, 200, 403, 403, 403, 403),
    "automation_new": (200, 200, 403, 403, 403, 403),
    "automation_publish": (200, 200, 403, 403, 403, 403),
    "automation_signing": (200, 200, 403, 403, 403, 403),
    "automation_edit": (200, 200, 403, 403, 403, 403),
    "automation_trigger": (200, 200, 403, 403, 403, 403),
    "automation_start": (200, 200, 403, 403, 403, 403),
    "automation_try": (200, 200, 403, 403, 403, 403),
    "automation_versions": (200, 200, 200, 403, 403, 403),
    "automation_step_new": (200, 200, 403, 403, 403, 403),
    "automation_step": (200, 200, 403, 403, 403, 403),
    "settings_runs": (200, 200, 403, 403, 403, 403),
    "settings_run": (200, 200, 403, 403, 403, 403),
    "reports": (302, 302, 302, 302, 302, 302),
    "report": (200, 200, 200, 200, 200, 200),
    "settings_goals": (200, 200, 200, 200, 200, 200),
    "goal_new": (200, 200, 200, 403, 403, 403),
    "goal_edit": (200, 200, 200, 403, 404, 403),
    "settings_audit": (200, 200, 403, 403, 403, 403),
}
#: Addresses that take a POST alone, or are no pages.
NO_PAGES = {
    "thread_read", "thread_reply", "mail_template_delete", "mailbox_check", "mailbox_delete", "suppression_delete",
    "theme", "brand", "logo", "tenant_logo", "unsubscribe", "lookup", "home_claim", "first_steps_finish", "goal_delete",
    "mail_picture", "mail_link", "mail_template_preview",
    "contact_claim", "contact_tag", "part_delete", "relationship_delete", "company_role_delete", "contact_stage_order",
    "source_order", "source_delete", "tag_delete", "bin_restore", "bin_purge",
    "contact_assign", "contact_archive", "contact_restore", "contact_export", "company_archive", "company_assign",
    "company_restore", "deal_move", "deal_assign", "deal_archive", "deal_contact_primary",
    "deal_contact_remove", "deal_member_remove", "deal_restore", "task_complete", "task_quick",
    "task_reopen", "task_archive", "activity_new", "activity", "activity_archive", "activity_pin",
    "file_new", "file_content",
    "file_archive", "file_restore", "notifications_read",
    "notification_open", "notification_preference", "device_revoke", "invitation_revoke", "member_role",
    "member_deactivate", "member_reactivate", "team_delete", "team_join", "team_leave", "team_leader",
    "role_permission", "role_field", "role_reset", "role_delete", "api_key_revoke", "deal_win", "deal_reopen",
    "view_save", "view_default", "view_delete", "field_order", "field_retire", "field_delete",
    "stage_order", "reason_delete", "run_cancel", "run_pause", "run_resume", "run_retry", "run_fork",
    "form_field_move", "form_field_delete", "form_act",
    "automation_step_move", "automation_step_delete", "routing_rule_delete", "automation_act", "automation_restore",
    "sequence_step_move", "sequence_step_delete", "sequence_act", "enrollment_act",
}  # fmt: skip

#: Pages that need no session (tests/crm/forms/test_public_page.py).
FOR_EVERYBODY = {"public_form"}


@pytest.fixture
def ids(cast: Cast, acme: str) -> dict[str, Any]:
    """Alice's records, team North, and the Agent role's id."""
    ctx = cast.alice.context()
    made = {
        "contact_id": call(create_contact, ctx, {"first_name": "Ada"}),
        "company_id": call(create_company, ctx, {"name": "Hollis"}),
        "deal_id": call(create_deal, ctx, {"title": "Loft"}),
        "task_id": call(create_task, ctx, {"title": "Call"}),
    }
    found = {name: row["id"] for name, row in made.items()}
    me = call("accounts.get_me", ctx)
    pipeline = call("deals.list_pipelines", ctx)[0]
    found |= {"pipeline_id": pipeline["id"], "stage_id": pipeline["stages"][0]["id"]}
    found["file_id"] = 1
    found["reason_id"] = call("deals.list_lost_reasons", ctx)[0]["id"]
    goal = {"metric": "calls", "period": "month", "target": "9", "team_id": cast.teams["North"]}
    number = {"contact_id": found["contact_id"], "number": "+1 415 555 0123"}
    found["part_id"] = call("contacts.add_phone", ctx, number)["id"]
    found["form_id"] = call("forms.create_form", cast.olivia.context(), {"name": "Enquiry"})["id"]
    found["key"] = "email"
    found["source_id"] = call("contacts.list_lead_sources", ctx)[0]["id"]
    found["tag_id"] = call("segments.create_tag", cast.olivia.context(), {"name": "Buyer"})["id"]
    found["kind"] = "phones"
    found["goal_id"] = call("reports.create_goal", cast.olivia.context(), goal)["id"]
    automation = call("automations.create_automation", cast.olivia.context(), {"name": "Greet"})["id"]
    step = {"automation_id": automation, "step": {"id": "a1", "kind": "wait", "days": 1}}
    call("automations.add_step", cast.olivia.context(), step)
    call("automations.publish_automation", cast.olivia.context(), {"automation_id": automation})
    found |= {"automation_id": automation, "step_key": "a1", "word": "on", "number": 1}
    rule = {"name": "Leads", "seats": [{"member_id": cast.alice.member_id}]}
    found["rule_id"] = call("automations.create_routing_rule", cast.olivia.context(), rule)[0]["id"]
    sequence = call("sequences.create_sequence", cast.olivia.context(), {"name": "Welcome"})["id"]
    wait = {"sequence_id": sequence, "step": {"kind": "wait", "days": 1}}
    steps = call("sequences.add_step", cast.olivia.context(), wait)["steps"]
    call("sequences.publish_sequence", cast.olivia.context(), {"sequence_id": sequence})
    enrolled = {"sequence_id": sequence, "contact_id": found["contact_id"]}
    found["enrollment_id"] = call("sequences.enroll_contact", ctx, enrolled)["id"]
    found |= {"sequence_id": sequence, "step_id": steps[0]["id"]}
    found["run_id"] = Run.objects.create(workflow="example", version=1, code_hash="", args={}).pk
    field = {"object": "contact", "label": "Plan", "type": "text"}
    found["field_id"] = call("fields.create_custom_field", cast.olivia.context(), field)["id"]
    view = {"object": "contact", "name": "All", "shared": "everyone"}
    found["view_id"] = call("segments.create_view", ctx, view)["id"]
    return {
        **found,
        **mail_ids(cast, found["contact_id"]),
        "name": "pipeline",
        "plan_key": "team",
        "object": "contact",
        "action": "archive",
        "field": "job_title",
        "team_id": cast.teams["North"],
        "role_id": me["role_id"],
    }


def mail_ids(cast: Cast, contact_id: int) -> dict[str, int]:
    """Alice's mail and mailbox, a template that everybody shares, an address that gets no mail."""
    alice, olivia = cast.alice.context(), cast.olivia.context()
    call(
        "contacts.update_contact", alice, {"contact_id": contact_id, "changes": {"email": "ada@example.com"}}
    )
    written = {"contact_id": contact_id, "subject": "Hi", "body": "Hello"}
    template = {"name": "Hello", "subject": "Hi", "body": "Hello", "shared": True}
    mailbox = {"address": "alice@acme.test", "host": "imap.acme.test", "password": "secret"}
    return {
        "thread_id": call("mail.send_message", alice, written)["thread_id"],
        "template_id": call("mail.create_template", olivia, template)["id"],
        "mailbox_id": call("mail.create_mailbox", alice, mailbox)["id"],
        "suppression_id": call("mail.create_suppression", olivia, {"email": "no@example.com"})["id"],
    }


def address(page: str, ids: dict[str, int]) -> str:
    """The page's address with the ids that it needs."""
    route = next(found for found in urlpatterns if found.name == page)
    return reverse(page, kwargs={name: ids[name] for name in route.pattern.converters})


def test_every_address_is_listed() -> None:
    assert {str(found.name) for found in urlpatterns} == {*PAGES, *NO_PAGES, *FOR_EVERYBODY}


def test_roles(browse: Browse, cast: Cast, ids: dict[str, int]) -> None:
    clients = [browse(person) for person in cast.acme]
    found = {page: tuple(client.get(address(page, ids)).status_code for client in clients) for page in PAGES}
    assert found == PAGES


def test_no_session(client: Client, ids: dict[str, int]) -> None:
    for page in PAGES:
        path = address(page, ids)
        response = client.get(path, headers={"host": "localhost"})
        assert (response.status_code, response["Location"]) == (302, f"/login/?next={path}")


def test_other_tenant(browse: Browse, cast: Cast, ids: dict[str, int]) -> None:
    """Charlie owns Globex, which has none of these records: to him they are absent."""
    client = browse(cast.charlie)
    with tenant_context(cast.charlie.schema):
        for page in ("contact", "company", "deal", "task", "team_rename"):
            assert client.get(address(page, ids)).status_code == 404


def test_posts_only(browse: Browse, cast: Cast, ids: dict[str, int]) -> None:
    # A GET is refused before any id is looked at.
    given = defaultdict(lambda: 1, {**ids, "object": "contact"})
    client = browse(cast.olivia)
    read = {"lookup", "brand", "logo", "file_content", "unsubscribe", "mail_picture", "mail_link"}
    for page in NO_PAGES - read:
        assert client.get(address(page, given)).status_code == 405, page


@pytest.mark.parametrize("path", ["/contacts/?cursor=broken&stage=x", "/deals/?status=none&owner=-1"])
def test_broken_address(path: str, browse: Browse, cast: Cast) -> None:
    """What was typed by hand or has gone stale shows the list, not an error."""
    assert browse(cast.alice).get(path).status_code == 200


@pytest.mark.parametrize(
    ("path", "is_ours"),
    [("/", True), ("/login/", True), ("/nowhere/", True), ("/docs", False), ("/admin/", False)],
)
def test_content_security_policy(path: str, is_ours: bool, browse: Browse, cast: Cast) -> None:
    response = browse(cast.alice).get(path)
    policy = response["Content-Security-Policy"]
    assert ("unsafe" not in policy) is is_ours
    assert "frame-ancestors 'none'" in policy
    assert "camera=()" in response["Permissions-Policy"]


def test_unknown_address(browse: Browse, cast: Cast) -> None:
    response = browse(cast.alice).get("/nowhere/")
    assert response.status_code == 404
    assert "Not found" in response.content.decode()
