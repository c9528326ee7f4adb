"""The built-in roles: which permission words reach how far. Data, read at tenant creation and by the reset button."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.permissions import RECORD_OBJECTS, Access, Permission, reaches_records
from accounts.roles.models import Role, RolePermission


@dataclass(frozen=True)
class BuiltinRole:
    """A role that every tenant starts with."""

    key: str
    name: Promise
    description: Promise
    grants: dict[Permission, Access]


ALL: dict[Permission, Access] = {word: Access.ALL for word in Permission if word is not Permission.SYSTEM}
EVERYONE = {
    Permission.PROFILE_VIEW: Access.ALL,
    Permission.PROFILE_EDIT: Access.ALL,
    Permission.MEMBER_VIEW: Access.ALL,
    Permission.TENANT_VIEW: Access.ALL,
    Permission.REPORT_VIEW: Access.ALL,
}
RECORD_WORDS = [word for word in Permission if word.partition(".")[0] in RECORD_OBJECTS]
#: An activity is seen with the record that it stands on: built-in roles draw no line of its own.
WITH_THEIR_RECORDS = {Permission.ACTIVITY_VIEW: Access.ALL}
#: Who works contacts enrols those that they may change; making sequences is for whoever runs the firm.
SEQUENCES = {Permission.SEQUENCE_VIEW: Access.ALL, Permission.SEQUENCE_ENROLL: Access.ALL}

#: Writing to contacts, and having the answers here.
MAIL = {Permission.MAIL_SEND: Access.ALL, Permission.MAILBOX_MANAGE: Access.ALL}


def _records(access: Access) -> dict[Permission, Access]:
    """All record words at one access; creating is allowed or not."""
    return {word: access if reaches_records(word) else Access.ALL for word in RECORD_WORDS}


BUILTIN_ROLES = [
    BuiltinRole(
        "owner",
        pgettext_lazy("role", "Owner"),
        _("Sees and does everything, the firm's settings included."),
        ALL,
    ),
    BuiltinRole(
        "admin",
        pgettext_lazy("role", "Admin"),
        _("Runs the firm day to day: all records, members, teams and keys."),
        {
            word: access
            for word, access in ALL.items()
            if word
            not in {
                Permission.TENANT_MANAGE,
                Permission.BILLING_MANAGE,
                Permission.ROLE_MANAGE,
                Permission.ADMIN_VIEW,
                Permission.BIN_PURGE,
            }
        },
    ),
    BuiltinRole(
        "leader",
        pgettext_lazy("role", "Leader"),
        _("Sees and works the records of their teams."),
        {
            **EVERYONE,
            **_records(Access.TEAM),
            **WITH_THEIR_RECORDS,
            **MAIL,
            Permission.MAIL_TEMPLATE_MANAGE: Access.ALL,
            Permission.GOAL_MANAGE: Access.ALL,
            Permission.AUTOMATION_VIEW: Access.ALL,
            Permission.FORM_VIEW: Access.ALL,
            **SEQUENCES,
        },
    ),
    BuiltinRole(
        "agent",
        pgettext_lazy("role", "Agent"),
        _("Sees and works their own records."),
        {
            **EVERYONE,
            **_records(Access.OWN),
            **WITH_THEIR_RECORDS,
            **MAIL,
            **SEQUENCES,
            Permission.COMPANY_VIEW: Access.ALL,
            Permission.CONTACT_ASSIGN: Access.NONE,
            Permission.DEAL_ASSIGN: Access.NONE,
        },
    ),
    BuiltinRole(
        "viewer",
        pgettext_lazy("role", "Viewer"),
        _("Sees all records and changes none."),
        {
            **EVERYONE,
            Permission.PROFILE_EDIT: Access.ALL,
            Permission.CONTACT_VIEW: Access.ALL,
            Permission.COMPANY_VIEW: Access.ALL,
            Permission.DEAL_VIEW: Access.ALL,
            Permission.TASK_VIEW: Access.ALL,
            Permission.ACTIVITY_VIEW: Access.ALL,
            Permission.SEQUENCE_VIEW: Access.ALL,
        },
    ),
]


def create_builtin_roles() -> dict[str, Role]:
    """Create the built-in roles in the current tenant; answers them by key."""
    roles = Role.objects.bulk_create(
        Role(key=role.key, name=str(role.name), description=str(role.description), position=position)
        for position, role in enumerate(BUILTIN_ROLES)
    )
    RolePermission.objects.bulk_create(
        RolePermission(role=row, permission=word, access=access)
        for row, role in zip(roles, BUILTIN_ROLES, strict=True)
        for word, access in role.grants.items()
        if access != Access.NONE
    )
    return {role.key: row for row, role in zip(roles, BUILTIN_ROLES, strict=True)}
