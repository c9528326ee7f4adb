"""Commands: create_tenant, create_api_key, seed_demo."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.authentication import authenticate_api_key
from accounts.demo import PASSWORD, PEOPLE
from accounts.models import Tenant, User
from accounts.roles.models import TeamMember
from accounts.tenancy import tenant_context
from config.demo import seed_records
from crm.companies.models import Company
from crm.contacts.models import Contact
from crm.deals.models import Deal
from realtime.functions import Context
from realtime.functions.models import AuditEntry
from tests.cast import ACME, Cast

pytestmark = pytest.mark.django_db


def run(name: str, *arguments: object, **options: object) -> str:
    out = StringIO()
    call_command(name, *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def test_create_tenant_makes_the_owner_and_says_their_password():
    text = run("create_tenant", "blue", "Blue", "--owner", "Nina@Blue.test", "--owner-name", "Nina")
    user = User.objects.get(email="nina@blue.test")
    assert user.check_password(text.partition("password: ")[2].strip())
    assert "t_blue" in text


def test_create_tenant_for_a_user_who_exists(cast: Cast):
    text = run("create_tenant", "blue", "Blue", "--owner", cast.alice.email)
    assert "password" not in text


@pytest.mark.parametrize(("slug", "message"), [("acme", "taken"), ("A B", "small letters")])
def test_create_tenant_refuses(cast, slug, message):
    with pytest.raises(CommandError, match=message):
        run("create_tenant", slug, "Blue", "--owner", "nina@blue.test")
    assert not User.objects.filter(email="nina@blue.test").exists()


def test_create_api_key_prints_a_working_key(cast: Cast):
    key = run(
        "create_api_key", tenant="acme", member=cast.alice.email, scopes=["contact.view,task.view"]
    ).strip()
    found = authenticate_api_key(key, host="localhost")
    assert (found.schema, found.actor.id) == (ACME, cast.alice.member_id)
    with tenant_context(ACME):
        scope = Context(ACME, found.actor).scope
        assert scope.allows("task.view")
        assert not scope.allows("deal.view")
        assert AuditEntry.objects.get(function="accounts.create_api_key").actor_kind == "system"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tenant": "nobody"}, "no tenant nobody"),
        ({"member": "nobody@acme.test"}, "no active member"),
        ({"member": "charlie@globex.test"}, "no active member"),
        ({"scopes": ["everything"]}, "is not a scope"),
    ],
)
def test_create_api_key_refuses(cast, changes, message):
    with pytest.raises(CommandError, match=message):
        run("create_api_key", **{"tenant": "acme", "member": cast.alice.email, "scopes": ["read"], **changes})


def test_seed_demo_makes_people_teams_and_records(settings, tmp_path):
    settings.VAR = tmp_path
    text = run("seed_demo", contacts=40)
    tenant = Tenant.objects.get(slug="demo")
    for person in PEOPLE:
        assert f"{person.email}  {PASSWORD}" in text
        assert User.objects.get(email=person.email).check_password(PASSWORD)
    assert (tmp_path / "demo.txt").read_text() in text
    with tenant_context(tenant.schema_name):
        assert (Contact.objects.count(), Company.objects.count(), Deal.objects.count()) == (40, 5, 6)
        assert set(TeamMember.objects.values_list("team__name", flat=True)) == {"North", "South"}
        assert Contact.objects.filter(owner=None).count() < 5
    run("seed_demo", contacts=8, seed=2)
    with tenant_context(tenant.schema_name):
        assert Contact.objects.count() == 48
        names = Company.objects.values_list("name", flat=True)
        assert len(names) == len(set(names)) == 6


def test_the_same_seed_makes_the_same_records(cast, django_assert_max_num_queries):
    from django.db import transaction
    from django.utils import timezone

    now, made = timezone.now(), []
    with tenant_context(ACME):
        for _ in range(2):
            # None for each contact: the sixteen who are on their way in a sequence are enrolled like any.
            with transaction.atomic(), django_assert_max_num_queries(360):
                seed_records(contacts=300, now=now, seed=7)
                made.append(
                    list(Contact.objects.order_by("id").values_list("full_name", "email", "owner_id"))
                )
                transaction.set_rollback(True)
    assert made[0] == made[1]
