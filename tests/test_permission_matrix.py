"""Every function, as every member of the cast, on Bob's records, and as the owner of another tenant.

One row a function. The outcomes are those of Olivia (Owner), Adam (Admin), Lea (Leader of North), Alice (Agent of
North), Bob (Agent of South, whose records these are), Vera (Viewer) and Charlie (Owner of Globex, who sends Acme's
ids): ``+`` done, ``F`` Forbidden, ``0`` NotFound, ``I`` InvalidInput, ``C`` Conflict. Mutations run dry.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from accounts.tenancy import tenant_context
from realtime.functions import FunctionError
from realtime.functions.call import call
from realtime.functions.registry import registry
from tests.cast import Cast, Person
from tests.crm.files.conftest import attach, module_folder

#: A fixture of the files' tests, used here.
_ = module_folder
LETTERS = {"forbidden": "F", "not_found": "0", "invalid_input": "I", "conflict": "C", "unauthenticated": "U"}
World = dict[str, Any]
Args = Callable[[World], dict[str, Any]]


def nothing(world: World) -> dict[str, Any]:
    """No arguments."""
    return {}


def ids(*names: str, **more: Any) -> Args:
    """Arguments whose values are ids of the world (``contact_id`` is the contact's), and fixed ones."""
    return lambda world: {**{name: world[name] for name in names}, **more}


#: A picture of two pixels.
LOGO = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR4nGM85MjDwMAAAAYPAREM/NwmAAAAAElFTkSuQmCC"
MAILBOX = ids(address="bob@example.com", host="imap.example.com", password="secret")

#: Olivia Adam Lea Alice Bob Vera Charlie
MATRIX: dict[str, tuple[str, Args]] = {
    "accounts.change_password": (
        "FFFFFFF",  # by no key and no job
        ids(current_password="correct horse battery", new_password="a whole new password"),
    ),
    "accounts.create_api_key": ("++FFFF+", lambda world: {"name": "Sync"}),
    "accounts.get_live_ticket": ("+++++++", nothing),
    "accounts.delete_logo": ("+FFFFF+", nothing),
    "accounts.get_me": ("+++++++", nothing),
    "accounts.get_tenant": ("+++++++", nothing),
    "accounts.list_api_keys": ("++FFFF+", nothing),
    "accounts.list_devices": ("+++++++", nothing),
    "accounts.revoke_api_key": ("++FFFF0", ids("api_key_id")),
    "accounts.revoke_device": ("0000000", ids(device_id=999_999)),
    "accounts.set_logo": ("+FFFFF+", ids(picture=LOGO)),
    "accounts.update_profile": ("+++++++", ids(changes={"name": "Somebody"})),
    "accounts.update_tenant": ("+FFFFF+", ids(changes={"name": "Acme & Co"})),
    "activities.archive_activity": ("++00+F0", ids("activity_id")),
    "activities.create_activity": ("++00+F0", ids("contact_id", body="Hello")),
    "activities.get_activity": ("++00++0", ids("activity_id")),
    "activities.list_activities": ("+++++++", nothing),
    "activities.list_timeline": ("++00++0", ids("contact_id")),
    "activities.pin_activity": ("++00+F0", ids("activity_id")),
    "activities.restore_activity": ("++00+F0", ids("activity_id")),
    "activities.update_activity": ("++00+F0", ids("activity_id", changes={"body": "Bye"})),
    "automations.add_step": ("++FFFF0", ids("automation_id", step={"id": "z", "kind": "stop"})),
    "automations.begin_batch": (
        "FFFFFFF",
        ids("automation_id", moment="2026-01-01T00:00:00+00:00", after_id=0),
    ),
    "automations.copy_automation": ("++FFFF0", ids("automation_id")),
    "automations.create_automation": ("++FFFF+", ids(name="Greet")),
    "automations.create_routing_rule": (
        "++FFFF+",
        lambda w: {"name": "Turns", "seats": [{"member_id": 1}]},
    ),
    "automations.delete_automation": ("++FFFF0", ids("automation_id")),
    "automations.delete_routing_rule": ("++FFFF0", ids("rule_id")),
    "automations.delete_step": ("++FFFF0", ids("automation_id", step_key="a")),
    "automations.email_contact": ("FFFFFFF", ids("contact_id", subject="Hi", body="Hello")),
    "automations.email_member": ("FFFFFFF", ids("member_id", subject="Hi", body="Hello")),
    "automations.get_automation": ("+++FFF0", ids("automation_id")),
    "automations.get_facts": ("FFFFFFF", lambda w: {"object": "contact", "record_id": w["contact_id"]}),
    "automations.get_plan": ("FFFFFFF", ids(version_id=1)),
    "automations.get_automation_version": ("+++FFF0", ids("automation_id", number=1)),
    "automations.get_reach": ("++FFFF0", ids("automation_id")),
    "automations.get_signing_state": ("++FFFF+", nothing),
    "automations.give_out": (
        "FFFFFFF",
        lambda w: {"rule_id": w["rule_id"], "object": "contact", "record_id": w["contact_id"]},
    ),
    "automations.has_replied": ("FFFFFFF", ids("contact_id", since="2026-01-01T00:00:00Z")),
    "automations.list_automation_runs": ("+++FFF0", ids("automation_id")),
    "automations.list_automations": ("+++FFF+", nothing),
    "automations.list_routing_rules": ("+++FFF+", nothing),
    "automations.match_record": (
        "FFFFFFF",
        lambda w: {"object": "contact", "record_id": w["contact_id"], "filter": {"all": []}},
    ),
    "automations.move_step": ("++FFFF0", ids("automation_id", step_key="a", by=1)),
    "automations.notify_members": ("FFFFFFF", ids(member_ids=[1], text="Hi", link="/")),
    "automations.offer_contact": ("FFFFFFF", ids("contact_id")),
    "automations.publish_automation": ("++FFFF0", ids("automation_id")),
    "automations.renew_signing_secret": ("++FFFF+", nothing),
    "automations.reveal_signing_secret": ("++FFFF+", nothing),
    "automations.restore_version": ("++FFFF0", ids("automation_id", number=1)),
    "automations.set_trigger": (
        "++FFFF0",
        ids("automation_id", trigger={"kind": "by_hand", "object": "contact"}),
    ),
    "automations.start_automation": (
        "++FFFF0",
        lambda w: {"automation_id": w["automation_id"], "record_id": w["contact_id"]},
    ),
    "automations.take_in": ("FFFFFFF", ids(token="1-x", email="ada@example.com")),
    "automations.try_automation": (
        "++FFFF0",
        lambda w: {"automation_id": w["automation_id"], "record_id": w["contact_id"]},
    ),
    "automations.turn_off": ("++FFFF0", ids("automation_id")),
    "automations.turn_on": ("++FFFF0", ids("automation_id")),
    "automations.update_automation": ("++FFFF0", ids("automation_id", changes={"name": "Hello"})),
    "automations.update_routing_rule": (
        "++FFFF0",
        lambda w: {"rule_id": w["rule_id"], "name": "Turns", "seats": [{"member_id": 1}]},
    ),
    "automations.update_step": ("++FFFF0", ids("automation_id", step={"id": "a", "kind": "stop"})),
    "audit.list_audit_entries": ("++FFFF+", nothing),
    "billing.choose_plan": ("CFFFFFC", ids(plan="team", seats=20)),
    "billing.extend_trial": ("FFFFFFF", ids(days=7)),
    "billing.get_billing": ("++FFFF+", nothing),
    "billing.get_next_action": ("FFFFFFF", nothing),
    "billing.get_usage": ("++FFFF+", nothing),
    "billing.list_invoices": ("++FFFF+", nothing),
    "billing.list_plans": ("++FFFF+", nothing),
    "billing.lock_tenant": ("FFFFFFF", nothing),
    "billing.take_payment": (
        "FFFFFFF",
        ids(
            notice={
                "provider": "standard",
                "id": "e1",
                "means": "paid",
                "kind": "payment.succeeded",
                "occurred_at": "2026-01-01T00:00:00Z",
            }
        ),
    ),
    "billing.take_trial_step": ("FFFFFFF", ids(action="welcome", at="2026-01-01T00:00:00Z")),
    "billing.unlock_tenant": ("FFFFFFF", nothing),
    "onboarding.end_onboarding": ("FFFFFFF", ids("member_id")),
    "onboarding.finish_first_steps": ("+++++++", nothing),
    "onboarding.get_first_steps": ("+++++++", nothing),
    "onboarding.get_use": ("FFFFFFF", nothing),
    "onboarding.greet_member": ("FFFFFFF", ids("member_id")),
    "onboarding.nudge_member": ("FFFFFFF", ids("member_id", by_email=False)),
    "bin.list_bin": ("+++++F+", ids(object="contact")),
    "bin.purge_record": ("+FFFFF0", lambda w: {"object": "contact", "record_id": w["binned_contact_id"]}),
    "companies.archive_company": ("++0F+F0", ids("company_id")),
    "companies.assign_company": ("++0F+F0", ids("company_id", owner_id=None)),
    "companies.batch_companies": ("+++++F+", ids(items=[{"create": {"name": "Initrode"}}])),
    "companies.create_company": ("+++++F+", ids(name="Initech")),
    "companies.get_company": ("++0+++0", ids("company_id")),
    "companies.list_companies": ("+++++++", nothing),
    "companies.list_company_choices": ("+++++++", nothing),
    "companies.restore_company": ("++0F+F0", ids("company_id")),
    "companies.search_companies": ("+++++++", nothing),
    "companies.update_company": ("++0F+F0", ids("company_id", changes={"city": "Bern"})),
    "privacy.erase_contact": ("+FFFFF0", ids("contact_id", name="Ada")),
    "privacy.export_contact": ("++00++0", ids("contact_id")),
    "contacts.archive_contact": ("++00+F0", ids("contact_id")),
    "contacts.assign_contact": ("++0FFF0", ids("contact_id", owner_id=None)),
    "contacts.create_contact": ("+++++F+", ids(first_name="Ada")),
    "contacts.get_contact": ("++00++0", ids("contact_id")),
    "contacts.list_contact_stages": ("+++++++", nothing),
    "contacts.list_contacts": ("+++++++", nothing),
    "contacts.lookup_contact": ("+++++++", ids(email="ada@example.com")),
    "contacts.restore_contact": ("++00+F0", ids("contact_id")),
    "contacts.search_contacts": ("+++++++", nothing),
    "contacts.update_contact": ("++00+F0", ids("contact_id", changes={"source": "fair"})),
    "companies.upsert_company": (
        "+++++F+",
        ids(match="domain", values={"domain": "initech.example", "name": "Initech 2"}),
    ),
    "contacts.add_address": ("++00+F0", ids("contact_id", city="Bern")),
    "contacts.add_email": ("++00+F0", ids("contact_id", address="lovelace@example.com")),
    "contacts.add_phone": ("++00+F0", ids("contact_id", number="415 555 0199")),
    "contacts.add_relationship": (
        "++00+F0",
        lambda w: {"contact_id": w["contact_id"], "other_id": w["other_contact_id"], "kind": "sibling"},
    ),
    "contacts.batch_contacts": ("+++++F+", ids(items=[{"create": {"first_name": "Ada"}}])),
    "contacts.claim_contact": ("+++++F0", lambda w: {"contact_id": w["pool_contact_id"]}),
    "contacts.create_contact_stage": ("++FFFF+", ids(name="Nurtured")),
    "contacts.create_lead_source": ("++FFFF+", ids(name="Open house")),
    "contacts.delete_address": ("++00+F0", ids("contact_id", "address_id")),
    "contacts.delete_company_role": ("++00+F0", ids("contact_id", "company_id")),
    "contacts.delete_contact_stage": ("++FFFF0", ids("contact_stage_id")),
    "contacts.delete_email": ("++00+F0", ids("contact_id", "email_id")),
    "contacts.delete_lead_source": ("++FFFF0", ids("lead_source_id")),
    "contacts.delete_phone": ("++00+F0", ids("contact_id", "phone_id")),
    "contacts.delete_relationship": ("++00+F0", ids("contact_id", "relationship_id")),
    "contacts.get_profile": ("++00++0", ids("contact_id")),
    "contacts.list_company_roles": ("++0+++0", ids("company_id")),
    "contacts.list_consents": ("++00++0", ids("contact_id")),
    "contacts.list_lead_sources": ("+++++++", nothing),
    "contacts.list_pool": ("+++++F+", nothing),
    "contacts.order_contact_stages": ("++FFFFI", lambda w: {"stage_ids": w["contact_stage_ids"]}),
    "contacts.order_lead_sources": ("++FFFFI", lambda w: {"lead_source_ids": w["lead_source_ids"]}),
    "contacts.put_company_role": ("++00+F0", ids("contact_id", "company_id", role="Buyer")),
    "contacts.record_consent": ("++00+F0", ids("contact_id", channel="email", state="granted")),
    "contacts.rename_contact_stage": ("++FFFF0", ids("contact_stage_id", name="Warm")),
    "contacts.rename_lead_source": ("++FFFF0", ids("lead_source_id", name="Fair")),
    "contacts.tag_contact": ("++00+F0", ids("contact_id", tag="VIP")),
    "contacts.untag_contact": ("++00+F0", ids("contact_id", tag="VIP")),
    "contacts.update_address": ("++00+F0", ids("contact_id", "address_id", changes={"city": "Basel"})),
    "contacts.update_email": ("++00+F0", ids("contact_id", "email_id", changes={"label": "home"})),
    "contacts.update_phone": ("++00+F0", ids("contact_id", "phone_id", changes={"is_bad": True})),
    "contacts.upsert_contact": (
        "+++++F+",
        ids(match="email", values={"email": "ada@example.com", "source": "fair"}),
    ),
    "segments.create_tag": ("++FFFF+", ids(name="Investor")),
    "segments.delete_tag": ("++FFFF0", ids("tag_id")),
    "segments.list_tags": ("+++++++", nothing),
    "segments.merge_tags": ("++FFFF0", lambda w: {"tag_id": w["tag_id"], "into_id": w["other_tag_id"]}),
    "segments.update_tag": ("++FFFF0", ids("tag_id", changes={"name": "Hot"})),
    "deals.archive_deal": ("++00+F0", ids("deal_id")),
    "deals.assign_deal": ("++0FFF0", ids("deal_id", owner_id=None)),
    "deals.batch_deals": ("+++++F+", lambda world: {"items": [{"win": {"deal_id": world["deal_id"]}}]}),
    "deals.list_deal_contacts": ("++00++0", ids("deal_id")),
    "deals.list_deal_members": ("++00++0", ids("deal_id")),
    "deals.remove_deal_contact": ("++00+F0", ids("deal_id", "contact_id")),
    "deals.remove_deal_member": ("00000F0", ids("deal_id", member_id=999_999)),
    "deals.set_deal_contact": ("++00+F0", ids("deal_id", "contact_id")),
    "deals.set_deal_member": ("++00+F0", ids("deal_id", "member_id")),
    "deals.create_lost_reason": ("++FFFF+", ids(name="Moved away")),
    "deals.create_pipeline": ("++FFFF+", ids(name="Rentals")),
    "deals.create_stage": ("++FFFF0", ids("pipeline_id", name="Viewing")),
    "deals.delete_lost_reason": ("++FFFF0", ids("lost_reason_id")),
    "deals.delete_pipeline": ("++FFFF0", ids("pipeline_id")),
    "deals.delete_stage": ("++FFFF0", ids("stage_id")),
    "deals.create_deal": ("+++++F+", ids(title="Boat")),
    "deals.get_deal": ("++00++0", ids("deal_id")),
    "deals.get_board": ("++++++0", lambda world: {"pipeline": world["pipeline_id"]}),
    "deals.get_board_column": ("++++++0", ids("stage_id")),
    "reports.get_forecast": ("+++++++", nothing),
    "reports.get_activity": ("+++++++", nothing),
    "reports.get_funnel": ("++++++0", ids("pipeline_id")),
    "reports.get_leaderboard": ("+++++++", nothing),
    "reports.get_pipeline": ("++++++0", ids("pipeline_id")),
    "reports.get_sources": ("+++++++", nothing),
    "reports.get_summary": ("+++++++", nothing),
    "reports.get_velocity": ("++++++0", ids("pipeline_id")),
    "reports.get_won_lost": ("+++++++", nothing),
    "reports.list_goals": ("+++++++", nothing),
    "reports.create_goal": ("++IFFF+", ids(metric="calls", period="month", target="9")),
    "reports.update_goal": ("++FFFF0", ids("goal_id", target="12")),
    "reports.delete_goal": ("++FFFF0", ids("goal_id")),
    "deals.list_deals": ("+++++++", nothing),
    "deals.list_lost_reasons": ("+++++++", nothing),
    "deals.list_pipelines": ("+++++++", nothing),
    "deals.list_stage_changes": ("++00++0", ids("deal_id")),
    "deals.lose_deal": ("++00+F0", ids("deal_id", "lost_reason_id")),
    "deals.move_deal": ("++00+F0", ids("deal_id", "stage_id")),
    "deals.order_stages": ("++FFFF0", ids("pipeline_id", "stage_ids")),
    "deals.rename_lost_reason": ("++FFFF0", ids("lost_reason_id", name="Cost")),
    "deals.reopen_deal": ("++00+F0", ids("deal_id")),
    "deals.restore_deal": ("++00+F0", ids("deal_id")),
    "deals.search_deals": ("+++++++", nothing),
    "deals.update_deal": ("++00+F0", ids("deal_id", changes={"title": "Flat"})),
    "fields.create_custom_field": ("++FFFF+", ids(object="contact", label="Plan", type="text")),
    "fields.delete_custom_field": ("++FFFF0", ids("custom_field_id")),
    "fields.list_custom_fields": ("+++++++", nothing),
    "fields.order_custom_fields": (
        "++FFFFI",
        lambda w: {"object": "deal", "field_ids": [w["custom_field_id"]]},
    ),
    "fields.update_custom_field": ("++FFFF0", ids("custom_field_id", changes={"label": "Tier"})),
    "feed.list_changes": ("+++++++", nothing),
    "files.archive_attachment": ("++00+F0", ids("file_id")),
    "files.create_attachment": ("II00IF0", ids("contact_id", upload="forged", filename="x.txt")),
    "files.get_attachment": ("++00++0", ids("file_id")),
    "files.list_activity_files": ("+++++++", lambda world: {"activity_ids": [world["activity_id"]]}),
    "files.list_attachments": ("++00++0", ids("contact_id")),
    "files.open_attachment": ("++00++0", ids("file_id")),
    "files.restore_attachment": ("++00+F0", ids("file_id")),
    # Lea and Alice do not see Bob's contact: they make their own.
    "intake.receive_event": (
        "+++++F+",
        ids(source="Portal", external_id="e-1", person={"emails": ["ada@example.com"]}),
    ),
    "mail.check_mailbox": ("00000F0", ids(mailbox_id=999_999)),
    "mail.create_mailbox": ("+++++F+", MAILBOX),
    "mail.create_suppression": ("++FFFF+", ids(email="gone@example.com")),
    "mail.create_template": ("+++++F+", ids(name="Hello", subject="Hi", body="Hello")),
    "mail.delete_mailbox": ("00000F0", ids(mailbox_id=999_999)),
    "mail.delete_suppression": ("++FFFF0", ids("suppression_id")),
    "mail.delete_template": ("+++FFF0", ids("template_id")),
    "mail.get_message": ("++00++0", ids("message_id")),
    "mail.get_template": ("+++++F0", ids("template_id")),
    "mail.get_thread": ("++00++0", ids("thread_id")),
    "mail.list_activity_mail": ("+++++++", ids(activity_ids=[1])),
    "mail.list_mailboxes": ("+++++F+", nothing),
    "mail.list_merge_fields": ("+++++F+", nothing),
    "mail.list_messages": ("++00++0", ids("contact_id")),
    "mail.list_suppressions": ("++FFFF+", nothing),
    "mail.list_templates": ("+++++F+", nothing),
    "mail.list_thread_messages": ("++00++0", ids("thread_id")),
    "mail.list_threads": ("+++++++", nothing),
    "mail.mark_thread_read": ("++00++0", ids("thread_id")),
    "mail.note_seen": ("FFFFFFF", ids(message_id=1, how="opened")),
    "mail.preview_mail": ("++00+F0", ids("contact_id", subject="Hi", body="Hello")),
    "mail.receive_message": ("FFFFFFF", ids(raw="SGk=")),
    "mail.record_bounce": ("FFFFFFF", ids(delivery_id=1)),
    "mail.resubscribe": ("FFFFFFF", ids(email="a@b.c")),
    "mail.send_message": (
        "++00+F0",
        lambda w: {"contact_id": w["contact_id"], "subject": "Hi", "body": "Hello"},
    ),
    "mail.take_sent_message": ("FFFFFFF", ids(raw="SGk=", mailbox_id=999_999)),
    "mail.update_mailbox": ("00000F0", ids(mailbox_id=999_999, changes={"port": 143})),
    "mail.update_template": ("+++FFF0", ids("template_id", changes={"name": "Bye"})),
    "mail.unsubscribe": ("FFFFFFF", ids(email="a@b.c")),
    "forms.create_form": ("++FFFF+", ids(name="Contact us")),
    "forms.delete_form": ("++FFFF0", ids("form_id")),
    "forms.get_form": ("+++FFF0", ids("form_id")),
    "forms.get_public_form": ("FFFFFFF", ids(token="1-x")),
    "forms.list_forms": ("+++FFF+", nothing),
    "forms.list_submissions": ("+++FFF0", ids("form_id")),
    "forms.submit_form": ("FFFFFFF", ids(token="1-x", values={"email": "a@b.example"})),
    "forms.update_form": ("++FFFF0", ids("form_id", changes={"title": "Hello"})),
    "notifications.count_unread": ("+++++++", nothing),
    "notifications.list_notifications": ("+++++++", nothing),
    "notifications.list_preferences": ("+++++++", nothing),
    "notifications.mark_read": ("+++++++", nothing),
    "notifications.set_preference": ("+++++++", ids(kind="mention", by_email=False)),
    "deals.update_pipeline": ("++FFFF0", ids("pipeline_id", changes={"name": "Sales 2"})),
    "deals.update_stage": ("++FFFF0", ids("stage_id", changes={"probability": 20})),
    "deals.win_deal": ("++00+F0", ids("deal_id")),
    "presence.get_viewer": ("++00++0", lambda w: {"object": "contact", "record_id": w["contact_id"]}),
    "search.search_records": ("+++++++", ids(q="ada")),
    "roles.accept_invitation": ("FFFFFFF", ids(token="x", user_id=1)),
    "roles.add_team_member": ("++FFFF0", ids("team_id", "member_id")),
    "roles.change_member_role": ("++FFFF0", ids("member_id", "role_id")),
    "roles.create_role": ("+FFFFF+", ids(name="Trainee")),
    "roles.create_team": ("++FFFF+", ids(name="East")),
    "roles.deactivate_member": ("++FFFF0", ids("member_id")),
    "roles.delete_role": ("+FFFFF0", ids("role_id")),
    "roles.delete_team": ("++FFFF0", ids("team_id")),
    "roles.get_invitation_offer": ("FFFFFFF", ids(token="x")),
    "roles.get_member": ("++++++0", ids("member_id")),
    "roles.get_role": ("++FFFF0", ids("role_id")),
    "roles.invite_member": ("++FFFFI", ids("role_id", email="guest@acme.test")),
    "roles.list_invitations": ("++FFFF+", nothing),
    "roles.list_member_choices": ("+++++++", nothing),
    "roles.list_members": ("+++++++", nothing),
    "roles.list_role_choices": ("+++++++", nothing),
    "roles.list_roles": ("++FFFF+", nothing),
    "roles.list_teams": ("+++++++", nothing),
    "roles.move_team_member": (
        "++FFFF0",
        lambda w: {"member_id": w["member_id"], "from_team_id": w["south"], "to_team_id": w["team_id"]},
    ),
    "roles.reactivate_member": ("++FFFF0", ids("member_id")),
    "roles.remove_team_member": (
        "++FFFF0",
        lambda w: {"member_id": w["member_id"], "team_id": w["south"]},
    ),
    "roles.rename_team": ("++FFFF0", ids("team_id", name="Far West")),
    "roles.reset_role": ("CFFFFF0", ids("role_id")),
    "roles.revoke_invitation": ("++FFFF0", ids("invitation_id")),
    "roles.set_field_permission": (
        "+FFFFF0",
        ids("role_id", object="contact", field="email", level="hidden"),
    ),
    "roles.set_role_permission": ("+FFFFF0", ids("role_id", permission="deal.view", access="own")),
    "roles.set_team_leader": (
        "++FFFF0",
        lambda w: {"member_id": w["member_id"], "team_id": w["south"], "is_leader": True},
    ),
    "roles.update_role": ("+FFFFF0", ids("role_id", changes={"name": "Novice"})),
    "runs.cancel_run": ("00FFFF0", ids(run_id=999_999)),
    "runs.fork_run": ("00FFFF0", ids(run_id=999_999)),
    "runs.get_run": ("00FFFF0", ids(run_id=999_999)),
    "runs.list_runs": ("++FFFF+", nothing),
    "runs.pause_run": ("00FFFF0", ids(run_id=999_999)),
    "runs.resume_run": ("00FFFF0", ids(run_id=999_999)),
    "runs.retry_run": ("00FFFF0", ids(run_id=999_999)),
    "segments.create_view": ("+++++++", ids(object="contact", name="Mine")),
    "segments.delete_view": ("++FF+F0", ids("view_id")),
    "segments.get_view": ("++++++0", ids("view_id")),
    "segments.list_view_results": ("++++++0", ids("view_id")),
    "segments.list_views": ("+++++++", nothing),
    "segments.set_default_view": ("++++++0", ids("view_id", object="contact")),
    "segments.update_view": ("++FF+F0", ids("view_id", changes={"name": "Ours"})),
    "sequences.add_step": ("++FFFF0", ids("sequence_id", step={"kind": "note", "body": "Hi"})),
    "sequences.archive_sequence": ("++FFFF0", ids("sequence_id")),
    "sequences.create_sequence": ("++FFFF+", ids(name="Nurture")),
    "sequences.delete_sequence": ("CCFFFF0", ids("sequence_id")),
    "sequences.delete_step": (
        "++FFFF0",
        lambda w: {"sequence_id": w["sequence_id"], "step_id": w["sequence_step_id"]},
    ),
    "sequences.enroll_contact": (
        "++00+F0",
        lambda w: {"sequence_id": w["sequence_id"], "contact_id": w["other_contact_id"]},
    ),
    "sequences.enroll_contacts": (
        "+++++F0",
        ids("sequence_id", filter={"field": "owner_id", "op": "is_me"}),
    ),
    "sequences.follow_chunk": ("FFFFFFF", ids("sequence_id", after_id=0)),
    "sequences.get_enrollment": ("++00++0", ids("enrollment_id")),
    "sequences.get_sequence": ("++++++0", ids("sequence_id")),
    "sequences.leave_chunk": ("FFFFFFF", ids(step_id=1, after_id=0)),
    "sequences.list_enrollments": ("++++++0", ids("sequence_id")),
    "sequences.list_enrollments_of_contact": ("++00++0", ids("contact_id")),
    "sequences.list_intakes": ("++++++0", ids("sequence_id")),
    "sequences.list_sequences": ("+++++++", nothing),
    "sequences.list_steps": ("++++++0", ids("sequence_id")),
    "sequences.move_step": (
        "++FFFF0",
        lambda w: {"sequence_id": w["sequence_id"], "step_id": w["sequence_step_id"], "by": 1},
    ),
    "sequences.pause_enrollment": ("++00+F0", ids("enrollment_id")),
    "sequences.pause_sequence": ("++FFFF0", ids("sequence_id")),
    "sequences.publish_sequence": ("++FFFF0", ids("sequence_id")),
    "sequences.resume_enrollment": ("++00+F0", ids("enrollment_id")),
    "sequences.skip_step": ("++00+F0", ids("enrollment_id")),
    "sequences.stop_enrollment": ("++00+F0", ids("enrollment_id")),
    "sequences.take_in_chunk": ("FFFFFFF", ids(intake_id=1)),
    "sequences.take_turn": ("FFFFFFF", ids("enrollment_id", "contact_id")),
    "sequences.unenroll_contact": ("++00+F0", ids("contact_id")),
    "sequences.update_sequence": ("++FFFF0", ids("sequence_id", changes={"name": "Hello"})),
    "sequences.update_step": (
        "++FFFF0",
        lambda w: {
            "sequence_id": w["sequence_id"],
            "step_id": w["sequence_step_id"],
            "step": {"kind": "wait", "days": 2},
        },
    ),
    "tasks.archive_task": ("++00+F0", ids("task_id")),
    "tasks.assign_task": ("++00+F0", ids("task_id", owner_id=None)),
    "tasks.batch_tasks": ("+++++F+", ids(items=[{"create": {"title": "Write"}}])),
    "tasks.complete_task": ("++00+F0", ids("task_id")),
    "tasks.create_task": ("+++++F+", ids(title="Write")),
    "tasks.get_task": ("++00++0", ids("task_id")),
    "tasks.list_tasks": ("+++++++", nothing),
    "tasks.reopen_task": ("++00+F0", ids("task_id")),
    "tasks.restore_task": ("++00+F0", ids("task_id")),
    "tasks.send_reminder": (
        "FFFFFFF",
        ids("task_id", reminder_id=1, remind_at=datetime(2030, 1, 1, tzinfo=UTC)),
    ),
    "tasks.snooze_task": ("++00+F0", ids("task_id", preset="next_week")),
    "tasks.search_tasks": ("+++++++", nothing),
    "tasks.update_task": ("++00+F0", ids("task_id", changes={"title": "Rest"})),
}
WHO = ("olivia", "adam", "lea", "alice", "bob", "vera", "charlie")


def outcome(name: str, person: Person, args: dict[str, Any]) -> str:
    """The letter of what happens when the person calls the function."""
    function = registry.get(name)
    with tenant_context(person.schema):
        try:
            call(function, person.context(), args, dry_run=function.kind == "mutation")
        except FunctionError as error:
            return LETTERS[error.code]
    return "+"


def contact_parts(bob: Person, olivia: Person, contact: int, company: int) -> World:
    """What hangs on Bob's contact, a contact in the pool, and the words that describe contacts."""

    def do(who: Person, function: str, **args: Any) -> Any:
        return call(function, who.context(), args)

    one = {"contact_id": contact}
    pool = do(olivia, "contacts.create_contact", first_name="Nobody's")["id"]
    do(olivia, "contacts.assign_contact", contact_id=pool, owner_id=None)
    other = do(bob, "contacts.create_contact", first_name="Byron")["id"]
    binned = do(bob, "contacts.create_contact", first_name="Gone")["id"]
    do(bob, "contacts.archive_contact", contact_id=binned)
    do(bob, "contacts.tag_contact", **one, tag="VIP")
    do(bob, "contacts.put_company_role", **one, company_id=company)
    stages = do(olivia, "contacts.create_contact_stage", name="Dormant")
    sources = do(olivia, "contacts.create_lead_source", name="Radio")
    tags = [do(olivia, "segments.create_tag", name=name)["id"] for name in ("Cold", "Warm")]
    profile = do(bob, "contacts.get_profile", **one)
    return {
        "pool_contact_id": pool,
        "other_contact_id": other,
        "binned_contact_id": binned,
        "email_id": profile["emails"][0]["id"],
        "phone_id": do(bob, "contacts.add_phone", **one, number="415 555 0123")["id"],
        "address_id": do(bob, "contacts.add_address", **one, city="Bern")["id"],
        "relationship_id": do(bob, "contacts.add_relationship", **one, other_id=other, kind="friend")["id"],
        "contact_stage_id": stages[-1]["id"],
        "contact_stage_ids": [stage["id"] for stage in reversed(stages)],
        "lead_source_id": sources[-1]["id"],
        "lead_source_ids": [source["id"] for source in reversed(sources)],
        "tag_id": tags[0],
        "other_tag_id": tags[1],
    }


@pytest.fixture(scope="module")
def world(module_rows: None, cast: Cast, module_folder: Path) -> World:
    """Records of Bob's in Acme, and rows of every other kind."""
    with tenant_context("t_acme"):
        bob, olivia = cast.bob, cast.olivia

        def make(who: Person, function: str, **args: Any) -> int:
            return int(call(function, who.context(), args)["id"])

        role = make(olivia, "roles.create_role", name="Intern")
        team = make(olivia, "roles.create_team", name="West")
        contact = make(bob, "contacts.create_contact", first_name="Ada", email="ada@example.com")
        mail = written(bob, olivia, contact)
        pipeline = call("deals.create_pipeline", olivia.context(), {"name": "Lettings"})
        deal = make(bob, "deals.create_deal", title="House", contact_id=contact)
        company = make(bob, "companies.create_company", name="Initech")
        parts = contact_parts(bob, olivia, contact, company)
        seats = [{"member_id": olivia.member_id}]
        rules = call("automations.create_routing_rule", olivia.context(), {"name": "Queue", "seats": seats})
        automation = make(olivia, "automations.create_automation", name="Welcome")
        stop = {"automation_id": automation, "step": {"id": "a", "kind": "stop"}}
        call("automations.add_step", olivia.context(), stop)
        call("automations.publish_automation", olivia.context(), {"automation_id": automation})
        sequence = make(olivia, "sequences.create_sequence", name="Welcome")
        step = {"kind": "wait", "days": 1}
        steps = call("sequences.add_step", olivia.context(), {"sequence_id": sequence, "step": step})["steps"]
        call("sequences.publish_sequence", olivia.context(), {"sequence_id": sequence})
        return {
            "automation_id": automation,
            "sequence_id": sequence,
            "sequence_step_id": steps[0]["id"],
            "enrollment_id": make(bob, "sequences.enroll_contact", sequence_id=sequence, contact_id=contact),
            "rule_id": rules[0]["id"],
            "form_id": make(olivia, "forms.create_form", name="Enquiry"),
            "contact_id": contact,
            "company_id": company,
            **parts,
            "deal_id": deal,
            "activity_id": make(bob, "activities.create_activity", contact_id=contact, body="Hi"),
            "file_id": attach(bob, contact).pk,
            "task_id": make(bob, "tasks.create_task", title="Call"),
            "pipeline_id": pipeline["id"],
            "stage_id": pipeline["stages"][1]["id"],
            "stage_ids": [stage["id"] for stage in reversed(pipeline["stages"])],
            "lost_reason_id": make(olivia, "deals.create_lost_reason", name="Left town"),
            "role_id": role,
            "team_id": team,
            "view_id": make(bob, "segments.create_view", object="contact", name="All", shared="everyone"),
            "custom_field_id": make(
                olivia, "fields.create_custom_field", object="deal", label="Tier", type="text"
            ),
            "member_id": cast.bob.member_id,
            "invitation_id": make(olivia, "roles.invite_member", email="new@acme.test", role_id=role),
            "api_key_id": make(olivia, "accounts.create_api_key", name="Sync"),
            "goal_id": make(olivia, "reports.create_goal", metric="calls", period="year", target="99"),
            "south": cast.teams["South"],
            **mail,
        }


def written(bob: Person, olivia: Person, contact_id: int) -> World:
    """A mail of Bob's to his contact, a template that everybody shares, an address that gets no mail."""
    message = call(
        "mail.send_message", bob.context(), {"contact_id": contact_id, "subject": "Hi", "body": "Hello"}
    )
    template = {"name": "Shared", "subject": "Hi", "body": "Hello", "shared": True}
    return {
        "message_id": message["id"],
        "thread_id": message["thread_id"],
        "template_id": call("mail.create_template", olivia.context(), template)["id"],
        "suppression_id": call("mail.create_suppression", olivia.context(), {"email": "x@y.test"})["id"],
    }


@pytest.mark.parametrize("name", sorted(MATRIX))
@pytest.mark.django_db
def test_outcomes(name: str, world: World, cast: Cast) -> None:
    expected, args = MATRIX[name]
    found = {who: outcome(name, getattr(cast, who), args(world)) for who in WHO}
    assert "".join(found.values()) == expected, found


def test_every_function_has_a_row() -> None:
    assert {function.name for function in registry} == set(MATRIX)
