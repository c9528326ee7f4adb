"""Every permission word of the product, and how far a role may reach with one."""

from enum import StrEnum


class Permission(StrEnum):
    """What a function may demand: a singular noun, a dot, a verb."""

    CONTACT_VIEW = "contact.view"
    CONTACT_CREATE = "contact.create"
    CONTACT_EDIT = "contact.edit"
    CONTACT_ASSIGN = "contact.assign"
    CONTACT_DELETE = "contact.delete"
    CONTACT_CLAIM = "contact.claim"
    CONTACT_STAGE_MANAGE = "contact_stage.manage"
    TAG_MANAGE = "tag.manage"
    COMPANY_VIEW = "company.view"
    COMPANY_CREATE = "company.create"
    COMPANY_EDIT = "company.edit"
    COMPANY_DELETE = "company.delete"
    DEAL_VIEW = "deal.view"
    DEAL_CREATE = "deal.create"
    DEAL_EDIT = "deal.edit"
    DEAL_MOVE = "deal.move"
    DEAL_ASSIGN = "deal.assign"
    DEAL_DELETE = "deal.delete"
    PIPELINE_MANAGE = "pipeline.manage"
    FIELD_MANAGE = "field.manage"
    VIEW_MANAGE = "view.manage"
    TASK_VIEW = "task.view"
    TASK_CREATE = "task.create"
    TASK_EDIT = "task.edit"
    TASK_DELETE = "task.delete"
    ACTIVITY_VIEW = "activity.view"
    ACTIVITY_CREATE = "activity.create"
    ACTIVITY_EDIT = "activity.edit"
    ACTIVITY_DELETE = "activity.delete"
    MAIL_SEND = "mail.send"
    MAIL_TEMPLATE_MANAGE = "mail_template.manage"
    MAILBOX_MANAGE = "mailbox.manage"
    SUPPRESSION_MANAGE = "suppression.manage"
    BIN_PURGE = "bin.purge"
    PROFILE_VIEW = "profile.view"
    PROFILE_EDIT = "profile.edit"
    MEMBER_VIEW = "member.view"
    MEMBER_MANAGE = "member.manage"
    TEAM_MANAGE = "team.manage"
    ROLE_VIEW = "role.view"
    ROLE_MANAGE = "role.manage"
    API_KEY_MANAGE = "api_key.manage"
    TENANT_VIEW = "tenant.view"
    TENANT_MANAGE = "tenant.manage"
    BILLING_VIEW = "billing.view"
    BILLING_MANAGE = "billing.manage"
    REPORT_VIEW = "report.view"
    GOAL_MANAGE = "goal.manage"
    AUDIT_VIEW = "audit.view"
    SEQUENCE_VIEW = "sequence.view"
    SEQUENCE_ENROLL = "sequence.enroll"
    SEQUENCE_MANAGE = "sequence.manage"
    AUTOMATION_VIEW = "automation.view"
    AUTOMATION_MANAGE = "automation.manage"
    FORM_VIEW = "form.view"
    FORM_MANAGE = "form.manage"
    RUN_VIEW = "run.view"
    RUN_MANAGE = "run.manage"
    ADMIN_VIEW = "admin.view"
    #: Functions that only the product itself may call (accepting an invitation); no role has it.
    SYSTEM = "system.call"


class Access(StrEnum):
    """How far a permission reaches; the CRM vendors' words for record access."""

    NONE = "none"
    OWN = "own"
    TEAM = "team"
    ALL = "all"


#: Words about records with an owner and a team; the others are simply allowed (all) or not (none).
RECORD_OBJECTS = ("contact", "company", "deal", "task", "activity")


def reaches_records(permission: str) -> bool:
    """Whether own and team mean anything for the permission: what one creates or claims is not anybody's yet."""
    noun, _, verb = permission.partition(".")
    return noun in RECORD_OBJECTS and verb not in ("create", "claim")


class FieldLevel(StrEnum):
    """What a role may do with one field of an object."""

    HIDDEN = "hidden"
    READ = "read"
    WRITE = "write"
