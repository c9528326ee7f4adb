"""Live regions of the settings."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.permissions import RECORD_OBJECTS, Permission, reaches_records
from accounts.queries import list_api_keys, list_devices
from accounts.roles.fields import editable_fields, more_fields
from accounts.roles.policy import member_id_of, scope_of
from accounts.roles.queries import (
    get_role,
    list_invitations,
    list_members,
    list_role_choices,
    list_roles,
    list_teams,
)
from crm.web import words
from crm.web.choices import member_choices
from crm.web.pages import ask, trail_pages
from realtime.functions import Context, Cursor, Id
from realtime.live.fragments import fragment

PLACES = (
    ("settings_profile", _("Profile"), "circle-user-round", Permission.PROFILE_VIEW),
    ("settings_security", _("Security"), "lock", Permission.PROFILE_VIEW),
    ("settings_tenant", _("Workspace"), "building-2", Permission.TENANT_VIEW),
    ("settings_billing", _("Billing"), "briefcase", Permission.BILLING_VIEW),
    ("settings_team", _("Members and teams"), "users-round", Permission.MEMBER_VIEW),
    ("settings_roles", _("Roles"), "shield", Permission.ROLE_VIEW),
    ("settings_pipelines", _("Pipelines"), "target", Permission.PIPELINE_MANAGE),
    ("settings_contact_words", _("Contacts"), "users", Permission.CONTACT_STAGE_MANAGE),
    ("settings_tags", _("Tags"), "tag", Permission.TAG_MANAGE),
    ("settings_fields", _("Custom fields"), "list-checks", Permission.FIELD_MANAGE),
    ("settings_forms", _("Forms"), "file-text", Permission.FORM_VIEW),
    ("settings_mail_templates", _("Templates"), "file-text", Permission.MAIL_SEND),
    ("settings_mailbox", _("Mailbox"), "inbox", Permission.MAILBOX_MANAGE),
    ("settings_suppressions", _("No email to"), "mail", Permission.SUPPRESSION_MANAGE),
    ("settings_api_keys", _("API keys"), "key-round", Permission.API_KEY_MANAGE),
    ("settings_bin", _("Recycle bin"), "trash-2", Permission.CONTACT_DELETE),
    ("settings_goals", _("Goals"), "trophy", Permission.REPORT_VIEW),
    ("automations", _("Automations"), "zap", Permission.AUTOMATION_VIEW),
    ("settings_runs", _("Workflow runs"), "history", Permission.RUN_VIEW),
    ("settings_audit", _("Audit log"), "history", Permission.AUDIT_VIEW),
)
#: The headings over them; what is under none of these stands under the last one.
GROUPS: tuple[tuple[Any, frozenset[str]], ...] = (
    ("", frozenset({"settings_profile", "settings_security"})),
    (
        _("Firm"),
        frozenset(
            {"settings_tenant", "settings_billing", "settings_team", "settings_roles", "settings_goals"}
        ),
    ),
    (
        _("Records"),
        frozenset(
            {
                "settings_pipelines",
                "settings_contact_words",
                "settings_tags",
                "settings_fields",
                "settings_bin",
            }
        ),
    ),
    (
        _("Mail and forms"),
        frozenset({"settings_mail_templates", "settings_mailbox", "settings_suppressions", "settings_forms"}),
    ),
    (_("Behind the scenes"), frozenset()),
)


@fragment("settings/nav", template="settings/_nav.html")
def settings_nav(ctx: Context, *, current: str) -> dict[str, Any]:
    """The parts of the settings that the member's role opens."""
    scope = scope_of(ctx)
    return {
        "groups": _grouped([place[:3] for place in PLACES if scope.allows(place[3])]),
        "current": current,
        "may_use_admin": scope.allows(Permission.ADMIN_VIEW),
    }


def _grouped(places: list[tuple[str, Any, str]]) -> list[tuple[Any, list[tuple[str, Any, str]]]]:
    """The places under their headings, without headings over nothing."""
    named = frozenset[str]().union(*(pages for _label, pages in GROUPS))
    groups = [
        (label, [place for place in places if place[0] in pages or (not pages and place[0] not in named)])
        for label, pages in GROUPS
    ]
    return [(label, found) for label, found in groups if found]


@fragment("settings/members", template="settings/_members.html")
def members(ctx: Context, *, cursor: Cursor | None = None, trail: str = "") -> dict[str, Any]:
    """A page of the members."""
    found = ask(ctx, list_members, cursor=cursor)
    return {
        "rows": found["data"],
        "roles": [(row["id"], row["name"]) for row in ask(ctx, list_role_choices)],
        "pages": trail_pages({"cursor": cursor}, found["next_cursor"], trail),
        "may_manage": scope_of(ctx).allows(Permission.MEMBER_MANAGE),
        "me": member_id_of(ctx),
    }


@fragment("settings/invitations", template="settings/_invitations.html")
def invitations(ctx: Context) -> dict[str, Any]:
    """Invitations that nobody has accepted yet."""
    is_allowed = scope_of(ctx).allows(Permission.MEMBER_MANAGE)
    return {"rows": ask(ctx, list_invitations)["data"] if is_allowed else []}


@fragment("settings/teams", template="settings/_teams.html")
def teams(ctx: Context) -> dict[str, Any]:
    """The teams with their members."""
    everyone = member_choices(ctx)
    rows = [{**team, "others": _without(everyone, team["members"])} for team in ask(ctx, list_teams)]
    return {"rows": rows, "may_manage": scope_of(ctx).allows(Permission.TEAM_MANAGE)}


def _without(everyone: list[tuple[Any, str]], seats: list[Any]) -> list[tuple[Any, str]]:
    taken = {seat["id"] for seat in seats}
    return [choice for choice in everyone if choice[0] not in taken]


@fragment("settings/roles", template="settings/_roles.html")
def roles(ctx: Context) -> dict[str, Any]:
    """The roles, each with how far it sees records."""
    rows = [{**row, "reach": _reach(row)} for row in ask(ctx, list_roles)]
    return {"rows": rows, "objects": words.OBJECTS.values()}


def _reach(row: Any) -> list[tuple[Any, Any]]:
    """For each object: its name, and how far the role sees it."""
    seen = [row["permissions"].get(f"{noun}.view", "none") for noun in RECORD_OBJECTS]
    return [(words.REACHES[access], access) for access in seen]


@fragment("settings/role", template="settings/_role.html")
def role(ctx: Context, *, role_id: Id) -> dict[str, Any]:
    """One role's permissions and field rules, to be changed where they stand."""
    row = ask(ctx, get_role, role_id=role_id)
    may_manage = scope_of(ctx).allows(Permission.ROLE_MANAGE)
    return {
        "role": row,
        "groups": _permission_groups(row["permissions"]),
        "fields": _field_groups(row["fields"]),
        "levels": words.LEVELS.items(),
        "may_manage": may_manage,
        "may_edit": may_manage and row["key"] != "owner",
    }


def _permission_groups(granted: dict[str, str]) -> list[dict[str, Any]]:
    """Permission words by what they are about, each with the reaches to choose from."""
    groups = [{"title": title, "words": _words(f"{noun}.", granted)} for noun, title in words.OBJECTS.items()]
    others = [_word(word, granted) for word in words.OTHERS]
    return [*groups, {"title": _("Workspace"), "words": others}]


def _words(prefix: str, granted: dict[str, str]) -> list[dict[str, Any]]:
    return [_word(word, granted) for word in Permission if word.startswith(prefix)]


def _word(word: str, granted: dict[str, str]) -> dict[str, Any]:
    offered = words.REACHES if reaches_records(word) else words.YES_OR_NO
    label, access = words.permission_label(word), granted.get(word, "none")
    return {"word": word, "label": label, "access": access, "offered": offered.items()}


def _field_groups(rules: list[Any]) -> list[dict[str, Any]]:
    levels = {(rule["object"], rule["field"]): rule["level"] for rule in rules}
    return [
        {
            "object": noun,
            "title": words.OBJECTS[noun],
            "fields": [
                {"name": name, "label": label, "level": levels.get((noun, name), "write")}
                for name, label in [
                    *((name, words.field_label(name)) for name in names),
                    *more_fields(noun),
                ]
            ],
        }
        for noun, names in editable_fields().items()
        if noun in words.OBJECTS
    ]


@fragment("settings/devices", template="settings/_devices.html")
def devices(ctx: Context) -> dict[str, Any]:
    """The browsers in which the member is logged in."""
    return {"rows": ask(ctx, list_devices)}


@fragment("settings/api_keys", template="settings/_api_keys.html")
def api_keys(ctx: Context, *, cursor: Cursor | None = None, trail: str = "") -> dict[str, Any]:
    """A page of API keys."""
    found = ask(ctx, list_api_keys, cursor=cursor)
    pages = trail_pages({"cursor": cursor}, found["next_cursor"], trail)
    soonest = [
        row["expires_at"] for row in found["data"] if row["expires_at"] and row["expires_at"] > ctx.now
    ]
    if soonest:
        ctx.valid_until(min(soonest))
    return {"rows": found["data"], "pages": pages, "now": ctx.now}
