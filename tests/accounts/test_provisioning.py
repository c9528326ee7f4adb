"""Creating tenants: everything or nothing, no two with one slug, and no price that grows with their number."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from accounts.models import Domain, Tenant, TenantUser, User
from accounts.provisioning import (
    SlugTaken,
    add_member,
    create_tenant,
    delete_tenant,
    is_slug_free,
    schema_name,
    suggest_slug,
)
from accounts.roles.models import Member, Role
from accounts.tenancy import current_schema, tenant_context
from crm.contacts.models import ContactStage
from crm.deals.models import Stage
from workflows.models import Due
from workflows.schedule import schedule_due


@pytest.fixture
def owner(db) -> User:
    return User.objects.create_user("owner@new.test", name="Nina")


def schemas() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace")
        return {name for (name,) in cursor.fetchall()}


def test_a_new_tenant_has_all_it_needs(owner):
    made = create_tenant("blue-door", "Blue Door", owner, time_zone="Europe/Berlin")
    assert current_schema() == "public"
    assert made.tenant.schema_name == "t_blue_door"
    assert Tenant.objects.get(slug="blue-door").time_zone == "Europe/Berlin"
    assert Domain.objects.get(tenant=made.tenant).domain == "blue-door.localhost"
    assert TenantUser.objects.get(tenant=made.tenant).member_id == made.owner.pk
    with tenant_context(made.tenant.schema_name):
        assert Member.objects.get().role.key == "owner"
        assert set(Role.objects.values_list("key", flat=True)) == {
            "owner",
            "admin",
            "leader",
            "agent",
            "viewer",
        }
        assert ContactStage.objects.count() == 5
        assert set(Stage.objects.values_list("kind", flat=True)) == {"open", "won", "lost"}


def test_it_takes_well_under_a_second(owner):
    started = time.process_time()
    create_tenant("blue-door", "Blue Door", owner)
    assert time.process_time() - started < 1


def test_a_failure_leaves_nothing_behind(owner, settings):
    settings.TENANT_DEFAULTS = [*settings.TENANT_DEFAULTS, "tests.accounts.test_provisioning.explode"]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        create_tenant("blue-door", "Blue Door", owner)
    assert "t_blue_door" not in schemas()
    assert is_slug_free("blue-door")


def explode() -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize("slug", ["acme", "admin", "api"])
def test_a_taken_or_reserved_slug(owner, cast, slug):
    with pytest.raises(SlugTaken):
        create_tenant(slug, "Another", owner)


@pytest.mark.parametrize("slug", ["ab", "Blue", "1up", "a_b", "a" * 41, "end-", 'x"; drop schema public; --'])
def test_a_slug_of_the_wrong_form(owner, slug):
    with pytest.raises(ValidationError):
        create_tenant(slug, "Another", owner)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Blue Door", "blue-door"),
        ("Zoë & Söhne GmbH", "zoe-sohne-gmbh"),
        ("42", "firm-42"),
        ("李", "firm"),
        ("A", "a-firm"),
    ],
)
def test_a_suggested_slug_is_of_the_right_form(name, slug):
    from accounts.models import SLUG

    assert suggest_slug(name) == slug
    SLUG(suggest_slug(name))
    SLUG(suggest_slug(name * 60))


def test_schema_names_of_different_slugs_differ():
    assert schema_name("a-b") == "t_a_b"


def test_a_member_added_again_is_the_same_member(owner, cast):
    made = create_tenant("blue-door", "Blue Door", owner)
    alice = User.objects.get(pk=cast.alice.user_id)
    first = add_member(made.tenant, alice, made.roles["agent"])
    with tenant_context(made.tenant.schema_name):
        Member.objects.filter(pk=first.pk).update(is_active=False)
    again = add_member(made.tenant, alice, made.roles["viewer"])
    assert again.pk == first.pk
    assert again.is_active
    assert TenantUser.objects.filter(user=alice).count() == 2


def test_a_deleted_tenant_is_gone(owner):
    made = create_tenant("blue-door", "Blue Door", owner)
    with tenant_context("t_blue_door"):
        schedule_due("run", 1)
    delete_tenant(made.tenant)
    assert "t_blue_door" not in schemas()
    assert not Due.objects.filter(tenant="t_blue_door").exists()
    assert is_slug_free("blue-door")
    assert not Domain.objects.filter(domain="blue-door.localhost").exists()


class TestCommitted:
    """What needs several connections or many tenants."""

    @pytest.fixture(autouse=True)
    def _database(self, committed_db: str) -> None:
        pass

    def test_two_at_once_with_one_slug(self):
        owners = [User.objects.create_user(f"{number}@race.test") for number in range(4)]

        def attempt(owner: User) -> str:
            try:
                create_tenant("race", "Race", owner)
            except SlugTaken:
                return "taken"
            finally:
                connection.close()
            return "made"

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(attempt, owners)) == ["made", "taken", "taken", "taken"]
        assert Tenant.objects.filter(slug="race").count() == 1

    def test_several_at_once_with_different_slugs(self):
        owner = User.objects.create_user("many@race.test")

        def attempt(number: int) -> str:
            try:
                return create_tenant(f"race-{number}", "Race", owner).tenant.schema_name
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            made = set(pool.map(attempt, range(8)))
        assert made <= schemas()
        assert len(made) == 8

    def test_deleting_a_user_does_not_depend_on_the_number_of_tenants(self):
        victim = User.objects.create_user("victim@race.test")
        owner = User.objects.create_user("crowd@race.test")
        plan_before = trigger_count()
        for number in range(10):
            create_tenant(f"crowd-{number}", "Crowd", owner)
        assert trigger_count() == plan_before
        victim.delete()


def trigger_count() -> int:
    """Triggers on the user table: foreign keys from tenants would add two each."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'public.accounts_user'::regclass")
        return int(cursor.fetchone()[0])
