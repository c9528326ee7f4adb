"""One short table of routes an area."""

from importlib import import_module

from api.route import Route

#: In the order of the API's documentation.
AREAS = (
    "accounts", "billing", "onboarding", "search", "fields", "contacts", "segments", "companies", "deals", "tasks",
    "activities", "files", "mail", "notifications", "members", "roles", "reports", "forms", "intake", "sequences",
    "automations", "bin", "audit", "feed", "runs",
)  # fmt: skip

#: Functions that REST does not offer, and why.
UNROUTED = {
    "companies.list_company_choices": "feeds the pages' pickers; GET /companies?search= answers the same",
    "roles.list_member_choices": "feeds the pages' pickers; GET /members?search= answers the same",
    "roles.list_role_choices": "feeds the pages' pickers; GET /roles answers the same",
    "presence.get_viewer": "presence over the socket stands on it: GET the record itself",
    "roles.get_invitation_offer": "the invited person's page reads it before there is an actor",
    "roles.accept_invitation": "the invited person's page calls it before there is an actor",
    **dict.fromkeys(
        (
            "automations.begin_batch",
            "automations.email_contact",
            "automations.email_member",
            "automations.get_facts",
            "automations.get_plan",
            "automations.give_out",
            "automations.has_replied",
            "automations.match_record",
            "automations.notify_members",
            "automations.offer_contact",
        ),
        "only an automation's durable run calls it",
    ),
    "accounts.change_password": "a browser's session changes it, never a key: Settings > Security",
    "forms.get_public_form": "the form's own page reads it before there is an actor",
    "forms.submit_form": "POST /forms/{token} calls it, which needs no key",
    **dict.fromkeys(
        ("billing.get_next_action", "billing.take_trial_step", "onboarding.get_use"),
        "only the trial's durable run calls it",
    ),
    **dict.fromkeys(
        ("billing.extend_trial", "billing.lock_tenant", "billing.unlock_tenant"),
        "whoever runs the deployment calls it, on the operator site",
    ),
    "billing.take_payment": "POST /hooks/payments/{provider} calls it, which needs no key",
    **dict.fromkeys(
        ("onboarding.greet_member", "onboarding.nudge_member", "onboarding.end_onboarding"),
        "only a member's onboarding run calls it",
    ),
    **dict.fromkeys(
        ("sequences.take_turn", "sequences.take_in_chunk", "sequences.follow_chunk", "sequences.leave_chunk"),
        "only a sequence's durable run calls it",
    ),
    "automations.take_in": "POST /hooks/in/{token} calls it, which needs no key",
    "files.list_activity_files": "feeds the timelines; GET /files names the activity of each file",
    "mail.list_activity_mail": "feeds the timelines; GET /contacts/{id}/messages has the same",
    "mail.note_seen": "the picture and the links of an email call it",
    "mail.receive_message": "only the reading of mailboxes calls it",
    "mail.record_bounce": "only the delivery of mail calls it",
    "mail.resubscribe": "the page behind an unsubscribe link calls it, which needs no key",
    "mail.take_sent_message": "only the reading of mailboxes calls it",
    "mail.unsubscribe": "POST /mail/unsubscribe/{token} calls it, which needs no key",
    "tasks.send_reminder": "only a reminder's durable run calls it",
}


def tables() -> list[list[Route]]:
    """Every area's table."""
    return [import_module(f"api.routes.{area}").routes for area in AREAS]
