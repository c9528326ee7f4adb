"""What a member may do, as a value, and the tracked queries that find it.

Under a tracker two statements: the member's row, and one UNION of their role's permissions, their role's field
rules and their teams. Each part reads by equality, so that a role's edit re-runs the scopes of that role's members
alone. Without a tracker one statement, which finds the role by itself.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast

from accounts.credentials import Proof, Standing, locked
from accounts.permissions import Access, FieldLevel, Permission
from accounts.roles.models import FieldPermission, Member, RolePermission, TeamMember
from realtime.functions import Forbidden, FunctionError, Phrase, Unauthenticated
from realtime.reads.fixed import FixedQuery
from realtime.reads.tracker import active_tracker
from realtime.schema import fetch_kept

#: API key scopes that stand for many permission words.
READ_SCOPE, WRITE_SCOPE = "read", "write"
#: What a member of a locked tenant may still do: see which one it is, and pay.
OPEN_WHEN_LOCKED = frozenset({Permission.BILLING_VIEW, Permission.BILLING_MANAGE, Permission.TENANT_VIEW})
OPEN = Standing()
NO_FIELDS: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RoleScope:
    """A member's grants, field rules and place; ``key_scopes`` narrows them to an API key's (None: no key)."""

    member_id: int | None
    role_id: int | None
    team_ids: tuple[int, ...]
    grants: tuple[tuple[str, str], ...]
    field_rules: tuple[tuple[str, str, str], ...]
    key_scopes: tuple[str, ...] | None = None
    credential: str = ""
    #: The team that the member joined first: their records belong to it.
    home_team_id: int | None = None
    standing: Standing = OPEN
    #: Whether the member's first steps are shown.
    is_new: bool = False

    @cached_property
    def _access(self) -> dict[str, str]:
        return dict(self.grants)

    def access(self, permission: str) -> Access:
        """How far the permission reaches."""
        if self.standing.is_locked and permission not in OPEN_WHEN_LOCKED:
            return Access.NONE
        found = Access(self._access.get(permission, Access.NONE))
        return found if found is Access.NONE or self._key_allows(permission) else Access.NONE

    def allows(self, permission: str) -> bool:
        """Whether it reaches anywhere at all."""
        return self.access(permission) is not Access.NONE

    def refusal(self, permission: str) -> FunctionError:
        """Why the permission is not allowed."""
        if self.standing.is_locked and permission not in OPEN_WHEN_LOCKED:
            return locked()
        return Forbidden(Phrase("Your role does not allow this (%(permission)s).", permission=permission))

    def _key_allows(self, permission: str) -> bool:
        if self.key_scopes is None or permission in self.key_scopes:
            return True
        return (READ_SCOPE if permission.endswith(".view") else WRITE_SCOPE) in self.key_scopes

    def hidden_fields(self, object: str) -> frozenset[str]:
        """Fields of the object that must not be shown."""
        if not self.field_rules:
            return NO_FIELDS
        return frozenset(f for o, f, level in self.field_rules if o == object and level == FieldLevel.HIDDEN)

    def readonly_fields(self, object: str) -> frozenset[str]:
        """Fields of the object that must not be changed (hidden ones included)."""
        return frozenset(f for o, f, level in self.field_rules if o == object and level != FieldLevel.WRITE)

    def shared_key(self) -> Hashable:
        """Members with equal grants and field rules share answers that look at nothing else of them."""
        return (self.grants, self.field_rules, self.key_scopes, self.standing.is_locked)

    def whole_key(self) -> Hashable:
        """Equal for scopes by which everything is alike: what may be seen, and for whom."""
        return (self.member_id, self.team_ids, self.shared_key())

    def facet(self, name: str) -> Hashable:
        """``member_id``, ``role_id``, ``team_ids``, ``home_team_id``, ``standing``, ``is_new`` or ``credential``."""
        found: Hashable = getattr(self, name)
        return found


@dataclass(frozen=True)
class SystemScope:
    """The product itself at work (provisioning, invitations, workflows): everything is allowed."""

    member_id: int | None = None
    role_id: int | None = None
    team_ids: tuple[int, ...] = ()
    home_team_id: int | None = None
    credential: str = ""
    standing: Standing = OPEN
    is_new: bool = False

    def access(self, permission: str) -> Access:
        """Everything."""
        return Access.ALL

    def allows(self, permission: str) -> bool:
        """Everything."""
        return True

    def refusal(self, permission: str) -> FunctionError:
        """Never asked for."""
        return Forbidden()

    def hidden_fields(self, object: str) -> frozenset[str]:
        """Nothing."""
        return frozenset()

    def readonly_fields(self, object: str) -> frozenset[str]:
        """Nothing."""
        return frozenset()

    def shared_key(self) -> Hashable:
        """All system calls are alike."""
        return "system"

    def whole_key(self) -> Hashable:
        """All system calls are alike."""
        return "system"

    def facet(self, name: str) -> Hashable:
        """``member_id``, ``role_id``, ``team_ids``, ``home_team_id``, ``standing`` or ``is_new``."""
        found: Hashable = getattr(self, name)
        return found


def member_scope(member_id: int, proof: Proof, credential: str = "") -> RoleScope:
    """The scope of an active member; Unauthenticated if there is none."""
    found = _of_role(member_id) if active_tracker() is not None else _at_once(member_id)
    if found is None:
        raise Unauthenticated("This membership is not active any more.")
    role_id, onboarding, facts = found
    return RoleScope(
        member_id=member_id,
        role_id=role_id,
        team_ids=facts.team_ids,
        grants=facts.grants,
        field_rules=facts.field_rules,
        key_scopes=proof.scopes,
        credential=credential,
        standing=proof.standing,
        is_new=onboarding == Member.Onboarding.OPEN,
        home_team_id=facts.home_team_id,
    )


class _Facts(NamedTuple):
    """What hangs on a role and a member."""

    grants: tuple[tuple[str, str], ...]
    field_rules: tuple[tuple[str, str, str], ...]
    team_ids: tuple[int, ...]
    home_team_id: int | None


_Found = tuple[int, str, _Facts]


def _of_role(member_id: int) -> _Found | None:
    """The active member's role and onboarding, and what hangs on both, each part by equality."""
    found = MEMBER.rows(member_id)
    if not found or not found[0][1]:
        return None
    role_id, _is_active, onboarding = found[0]
    rows = GRANTS.rows(role_id, member_id)
    # (when they joined, team): a member joins each team once.
    teams = sorted((int(name), int(word)) for kind, word, name, _ in rows if kind == "team")
    facts = _Facts(
        tuple(sorted((word, level) for kind, word, _, level in rows if kind == "grant")),
        tuple(sorted((word, name, level) for kind, word, name, level in rows if kind == "field")),
        tuple(sorted(team_id for _, team_id in teams)),
        teams[0][1] if teams else None,
    )
    return role_id, onboarding, facts


def _at_once(member_id: int) -> _Found | None:
    """The same by one statement of one row: every request asks it first."""
    rows = fetch_kept(AT_ONCE, [member_id])
    if not rows:
        return None
    role_id, onboarding, *texts = rows[0]
    return role_id, onboarding, _facts(*texts)


@lru_cache(maxsize=1024)
def _facts(grants: str, fields: str, teams: str) -> _Facts:
    """Members of a role have the same grants and field rules, word for word: they are read once."""
    joined = [int(text) for text in teams.split()]
    return _Facts(
        tuple(sorted((word, level) for word, level in _records(grants))),
        tuple(sorted((word, name, level) for word, name, level in _records(fields))),
        tuple(sorted(joined)),
        joined[0] if joined else None,
    )


def _records(text: str) -> list[list[str]]:
    return [record.split("\x1f") for record in text.split("\x1e")] if text else []


def _grant_rows(role_id: int, member_id: int) -> Any:
    """(kind, word, name, level) rows of everything that hangs on the role and the member."""
    grants = RolePermission.objects.filter(role_id=role_id).values_list(
        Value("grant", TEXT), F("permission"), NOTHING, F("access")
    )
    fields = FieldPermission.objects.filter(role_id=role_id).values_list(
        Value("field", TEXT), F("object"), F("field"), F("level")
    )
    teams = TeamMember.objects.filter(member_id=member_id).values_list(
        Value("team", TEXT), Cast("team_id", TEXT), Cast("id", TEXT), NOTHING
    )
    return grants.union(fields, teams, all=True)


TEXT = CharField()
NOTHING = Value("", TEXT)
MEMBER = FixedQuery(
    lambda member_id: Member.objects.filter(pk=member_id).values_list("role_id", "is_active", "onboarding")
)
GRANTS = FixedQuery(_grant_rows, parameters=2)
#: What ``_of_role`` finds, lists as texts: words between ASCII's separators of units (31) and of records (30).
AT_ONCE = f"""
    SELECT member.role_id, member.onboarding,
           coalesce((SELECT string_agg(permission || chr(31) || access, chr(30))
              FROM {RolePermission._meta.db_table} WHERE role_id = member.role_id), ''),
           coalesce((SELECT string_agg(object || chr(31) || field || chr(31) || level, chr(30))
              FROM {FieldPermission._meta.db_table} WHERE role_id = member.role_id), ''),
           coalesce((SELECT string_agg(team_id::text, ' ' ORDER BY id)
              FROM {TeamMember._meta.db_table} WHERE member_id = member.id), '')
      FROM {Member._meta.db_table} AS member WHERE member.id = %s AND member.is_active
"""
