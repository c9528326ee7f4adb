"""Permission words, fields and functions in words for people."""

from collections.abc import Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.permissions import RECORD_OBJECTS, Permission

OBJECTS = {
    "contact": _("Contacts"),
    "company": _("Companies"),
    "deal": _("Deals"),
    "task": _("Tasks"),
    "activity": _("Activities"),
}
#: What the bin holds besides.
BINNED = {**OBJECTS, "attachment": _("Files")}
VERBS = {
    "view": _("See"),
    "create": _("Create"),
    "edit": _("Change"),
    "assign": _("Assign to others"),
    "claim": _("Take from the pool"),
    "move": _("Move between stages"),
    "delete": _("Delete and restore"),
}
#: Words that are about no records: each says by itself what it allows.
OTHERS = {
    Permission.PROFILE_VIEW: _("See their own profile"),
    Permission.PROFILE_EDIT: _("Change their own profile"),
    Permission.MEMBER_VIEW: _("See who is in the workspace"),
    Permission.MEMBER_MANAGE: _("Invite, deactivate and give roles to members"),
    Permission.TEAM_MANAGE: _("Make teams and name their leaders"),
    Permission.ROLE_VIEW: _("See the roles"),
    Permission.ROLE_MANAGE: _("Change roles"),
    Permission.PIPELINE_MANAGE: _("Change pipelines, stages and lost reasons"),
    Permission.CONTACT_STAGE_MANAGE: _("Change contact stages and lead sources"),
    Permission.TAG_MANAGE: _("Rename, merge and delete tags"),
    Permission.MAIL_SEND: _("Send email to contacts"),
    Permission.MAIL_TEMPLATE_MANAGE: _("Change the email templates that everybody shares"),
    Permission.MAILBOX_MANAGE: _("Connect their own mailbox"),
    Permission.SUPPRESSION_MANAGE: _("Change the list of addresses that get no email"),
    Permission.BIN_PURGE: _("Delete for good what is in the bin"),
    Permission.FIELD_MANAGE: _("Define custom fields"),
    Permission.VIEW_MANAGE: _("Change and delete views that others share"),
    Permission.API_KEY_MANAGE: _("Make and revoke API keys"),
    Permission.TENANT_VIEW: _("See the workspace's settings"),
    Permission.TENANT_MANAGE: _("Change the workspace's settings"),
    Permission.REPORT_VIEW: _("See reports and goals"),
    Permission.GOAL_MANAGE: _("Set goals"),
    Permission.AUDIT_VIEW: _("Read the audit log"),
    Permission.SEQUENCE_VIEW: _("See sequences"),
    Permission.SEQUENCE_ENROLL: _("Enrol contacts in sequences"),
    Permission.SEQUENCE_MANAGE: _("Make, publish and pause sequences"),
    Permission.FORM_VIEW: _("See forms and what was sent"),
    Permission.FORM_MANAGE: _("Make and change forms"),
    Permission.AUTOMATION_VIEW: _("See automations"),
    Permission.BILLING_VIEW: _("See plan, seats and invoices"),
    Permission.BILLING_MANAGE: _("Choose the plan and pay"),
    Permission.AUTOMATION_MANAGE: _("Make, publish and start automations"),
    Permission.RUN_VIEW: _("See workflow runs"),
    Permission.RUN_MANAGE: _("Pause, cancel and retry workflow runs"),
    Permission.ADMIN_VIEW: _("Use the admin site"),
}
REACHES = {"none": _("None"), "own": _("Own"), "team": _("Team"), "all": _("All")}
YES_OR_NO = {"none": _("No"), "all": _("Yes")}
LEVELS = {"write": _("Change"), "read": _("See only"), "hidden": _("Hidden")}


def person_name(row: Mapping[str, Any]) -> str:
    """What a contact is called: who has no name goes by what the role sees of their address or number."""
    return row["full_name"] or row.get("email") or row.get("phone") or str(_("No name"))


def record_name(row: Mapping[str, Any]) -> str:
    """What a contact, company, deal or task is called in a list."""
    return str(row.get("title") or row.get("name") or person_name(row))


def permission_label(word: str) -> str:
    """What a permission word lets somebody do."""
    noun, _dot, verb = word.partition(".")
    if noun in RECORD_OBJECTS and verb in VERBS:
        return str(VERBS[verb])
    return str(OTHERS.get(word, word))  # type: ignore[call-overload]  # any word, not the known ones alone


def permission_phrase(word: str) -> str:
    """The same where it stands alone: "Contacts: Change"."""
    noun, _dot, verb = word.partition(".")
    named = noun in RECORD_OBJECTS and verb in VERBS
    return f"{OBJECTS[noun]}: {permission_label(word)}" if named else permission_label(word)


def field_label(name: str) -> str:
    """A column's name as words: ``phone_e164`` is "Phone e164", ``company_id`` "Company"."""
    return gettext(capfirst(name.removeprefix("custom.").removesuffix("_id").replace("_", " ")))


def function_label(name: str) -> str:
    """A function's name as words: ``contacts.update_contact`` is "Update contact"."""
    return gettext(capfirst(name.rpartition(".")[2].replace("_", " ")))


#: Workflows whose names say too little by themselves.
WORKFLOWS = {
    "automations.contact": _("Automation for a contact"),
    "automations.company": _("Automation for a company"),
    "automations.deal": _("Automation for a deal"),
    "automations.task": _("Automation for a task"),
    "automations.clock": _("Automations by the clock"),
    "sequences.enrollment": _("A contact in a sequence"),
    "sequences.intake": _("Enrolment by a filter"),
    "sequences.follow": _("A sequence that was resumed or archived"),
    "sequences.leave_step": _("A step of a sequence that was deleted"),
}


def workflow_label(name: str) -> str:
    """A workflow's name as words: ``tasks.remind_assignee`` is "Remind assignee"."""
    if name in WORKFLOWS:
        return str(WORKFLOWS[name])
    return gettext(capfirst(name.rpartition(".")[2].replace("_", " ")))
