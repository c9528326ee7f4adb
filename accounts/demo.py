"""The demo tenant's people. Their password is known to everybody: the demo is for looking around on one's own
machine, and ``DEMO=0`` keeps it out of a deployment."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.billing.changing import subscribe
from accounts.models import Tenant, User
from accounts.provisioning import add_member, create_tenant
from accounts.roles.models import Member, Team, TeamMember
from accounts.tenancy import tenant_context

SLUG, FIRM = "demo", "Harbour & Hill"
PASSWORD = "demo-password"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to log in as."""

    name: str
    role: str
    team: str | None = None

    @property
    def email(self) -> str:
        """The first name at the demo's domain."""
        return f"{self.name.split()[0].lower()}@demo.example"


PEOPLE = (
    DemoPerson("Olivia Okafor", "owner"),
    DemoPerson("Adam Aalto", "admin"),
    DemoPerson("Lea Lindqvist", "leader", "North"),
    DemoPerson("Alice Abara", "agent", "North"),
    DemoPerson("Noah Nilsson", "agent", "North"),
    DemoPerson("Sam Sato", "leader", "South"),
    DemoPerson("Bob Brandt", "agent", "South"),
    DemoPerson("Vera Vogt", "viewer"),
)


def create_demo_tenant() -> Tenant:
    """The demo tenant with its members and two teams; the one that is there if it was made before."""
    found: Tenant | None = Tenant.objects.filter(slug=SLUG).first()
    if found is not None:
        return found
    with transaction.atomic():
        password = make_password(PASSWORD)
        users = {person: _user(person, password) for person in PEOPLE}
        made = create_tenant(SLUG, FIRM, users[PEOPLE[0]])
        for person in PEOPLE[1:]:
            member = add_member(made.tenant, users[person], made.roles[person.role])
            _place(made.tenant, person, member)
        subscribe(made.tenant, "team", seats=25)
    return made.tenant


def _user(person: DemoPerson, password: str) -> User:
    user, _ = User.objects.get_or_create(
        email=person.email, defaults={"name": person.name, "password": password}
    )
    return user


def _place(tenant: Tenant, person: DemoPerson, member: Member) -> None:
    if person.team is None:
        return
    with tenant_context(tenant.schema_name):
        team, _ = Team.objects.get_or_create(name=person.team)
        TeamMember.objects.create(team=team, member=member, is_leader=person.role == "leader")
