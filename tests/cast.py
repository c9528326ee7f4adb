"""The people of all tests, in two tenants; committed in the template database, so a test pays nothing for them.

Acme: Olivia (Owner), Adam (Admin), Lea (Leader of team North), Alice (Agent, team North), Bob (Agent, team
South), Vera (Viewer). Globex: Charlie (Owner), who must never see anything of Acme's.
"""

from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from accounts.actor import member_context
from accounts.models import User
from accounts.provisioning import add_member, create_tenant
from accounts.roles.models import Member, Team, TeamMember
from accounts.tenancy import tenant_context
from realtime.functions import Context

PASSWORD = "correct horse battery"
ACME, GLOBEX = "t_acme", "t_globex"


@dataclass(frozen=True, slots=True)
class Person:
    """A member of one tenant, by ids that hold for the whole run."""

    name: str
    schema: str
    role: str
    user_id: int
    member_id: int
    email: str
    password: str = PASSWORD

    def context(self) -> Context:
        """A fresh context in which this person acts."""
        return member_context(self.schema, self.member_id)


@dataclass(slots=True)
class Cast:
    """All persons by attribute, and the teams' ids."""

    olivia: Person
    adam: Person
    lea: Person
    alice: Person
    bob: Person
    vera: Person
    charlie: Person
    teams: dict[str, int] = field(default_factory=dict)

    @property
    def acme(self) -> list[Person]:
        """Acme's members, most powerful first."""
        return [self.olivia, self.adam, self.lea, self.alice, self.bob, self.vera]


ROLES = {
    ACME: {
        "Olivia": "owner",
        "Adam": "admin",
        "Lea": "leader",
        "Alice": "agent",
        "Bob": "agent",
        "Vera": "viewer",
    },
    GLOBEX: {"Charlie": "owner"},
}
TEAMS = {"North": ["Lea", "Alice"], "South": ["Bob"]}


def create_cast() -> None:
    """Create both tenants with their members and teams, and commit."""
    password = make_password(PASSWORD)
    for slug, schema in (("acme", ACME), ("globex", GLOBEX)):
        users = {name: create_user(name, slug, password) for name in ROLES[schema]}
        (owner, _role), *others = ROLES[schema].items()
        new = create_tenant(slug, slug.title(), users[owner])
        for name, role in others:
            add_member(new.tenant, users[name], new.roles[role])
    with tenant_context(ACME):
        for team_name, names in TEAMS.items():
            team = Team.objects.create(name=team_name)
            for member in Member.objects.filter(name__in=names):
                TeamMember.objects.create(team=team, member=member, is_leader=member.role.key == "leader")


def create_user(name: str, slug: str, password: str) -> User:
    """A user who can log in with PASSWORD; the hash is made once, as it is slow on purpose."""
    return User.objects.create(email=f"{name.lower()}@{slug}.test", name=name, password=password)


def load_cast() -> Cast:
    """The cast as it stands in the current database."""
    people = {}
    for schema in ROLES:
        with tenant_context(schema):
            for row in Member.objects.order_by("id").values("id", "user_id", "name", "email", "role__key"):
                person = Person(
                    row["name"], schema, row["role__key"], row["user_id"], row["id"], row["email"]
                )
                people[row["name"].lower()] = person
    with tenant_context(ACME):
        teams = dict(Team.objects.values_list("name", "id"))
    return Cast(**people, teams=teams)
