"""Every way to write a row leaves the right rows in the change log."""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles.models import Member, Role, RolePermission, Team, TeamMember
from accounts.tenancy import public_context
from crm.companies.models import Company
from crm.contacts.models import Contact, ContactStage
from crm.deals.models import Deal, Stage
from realtime.changes.change import Change
from realtime.changes.log import CHANGE_COLUMNS, parse_change, touch
from tests.cast import ACME, Cast
from tests.realtime.changes.logged import logged

pytestmark = pytest.mark.django_db
COLUMN_NAMES = CHANGE_COLUMNS.split(", ")


def make_role(name: str = "Intern", **fields: object) -> Role:
    return Role.objects.create(name=name, **fields)


def short(changes: list[Change]) -> list[tuple[str, str, object]]:
    """(op, table, pk) of each."""
    return [(change.op, change.table, change.pk) for change in changes]


@contextmanager
def undone() -> Iterator[None]:
    """A savepoint that is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_insert_carries_the_new_row(acme: str) -> None:
    with logged() as changes:
        role = make_role()
    (change,) = changes
    assert (change.op, change.schema, change.table, change.pk) == ("I", ACME, "roles_role", role.pk)
    assert change.old is None
    assert change.columns == frozenset()
    assert change.new is not None
    assert change.new["name"] == "Intern"
    assert change.new["key"] is None
    assert dt.datetime.fromisoformat(str(change.new["created_at"])) == role.created_at


def test_update_carries_both_rows_and_the_changed_columns(acme: str) -> None:
    role = make_role()
    with logged() as changes:
        role.position = 7
        role.description = "A" * 150
        role.save()
    (change,) = changes
    assert (change.op, change.pk, set(change.columns)) == ("U", role.pk, {"position", "description"})
    assert change.old is not None
    assert change.new is not None
    assert (change.old["position"], change.new["position"]) == (100, 7)
    assert "description" not in change.new


def test_of_an_updated_row_the_log_has_the_old_values_that_changed(acme: str) -> None:
    """Readers get both rows whole, also of what was logged when the old row was stored whole, as JSON values."""
    role = make_role()
    with logged() as changes:
        role.position, role.key = 7, "intern"
        role.save()
    (change,) = changes
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {CHANGE_COLUMNS}, old, new FROM public.changes_change WHERE id = %s", [change.id]
        )
        *row, old, new = cursor.fetchone()
    stored = json.loads(old)
    assert set(stored) == {name for name in change.columns if name in json.loads(new)}
    assert (stored["position"], stored["key"]) == ("100", None)
    before = {**json.loads(new), **stored, "position": 100}
    assert change.old == before
    whole = [
        json.dumps(before) if name == "old::text" else value
        for name, value in zip(COLUMN_NAMES, row, strict=True)
    ]
    assert parse_change(whole) == change


def test_old_values_are_what_the_row_printed_before(acme: str, cast: Cast) -> None:
    """Of each type: numbers, texts, booleans, dates, times with and without a fraction, keys, NULL."""
    stage = Stage.objects.select_related("pipeline").earliest("id")
    at = dt.datetime(2026, 3, 1, 12, 30, 5, 120000, tzinfo=dt.UTC)
    deal = Deal.objects.create(
        title="Roof", stage=stage, pipeline=stage.pipeline, owner_id=cast.bob.member_id,
        close_date=dt.date(2026, 3, 1), stage_entered_at=at, closed_at=at.replace(microsecond=0),
    )  # fmt: skip
    member = Member.objects.get(pk=cast.vera.member_id)
    with logged() as inserted:
        Deal.objects.filter(pk=deal.pk).update(version=2)
        Member.objects.filter(pk=member.pk).update(name="Vera II")
    values = {
        "owner_id": None,
        "close_date": None,
        "stage_entered_at": at.replace(year=2027),
        "closed_at": None,
    }
    with logged() as changes, connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'Asia/Kolkata'")
        Deal.objects.filter(pk=deal.pk).update(**values, currency="USD", version=3)
        Member.objects.filter(pk=member.pk).update(is_active=False)
    tables = ("deals_deal", "roles_member")
    assert [change.old for change in changes if change.table in tables] == [
        change.new for change in inserted if change.table in tables
    ]
    with logged() as changes, connection.cursor() as cursor:
        cursor.execute("SET LOCAL DateStyle = 'German'")
        Deal.objects.filter(pk=deal.pk).update(stage_entered_at=at, version=4)
    change = next(change for change in changes if change.table == "deals_deal")
    assert change.old is not None
    # In another style it is not sure what is meant: unknown, which matches anything.
    assert "stage_entered_at" not in change.old
    assert change.old["version"] == 3


def test_update_to_the_same_values_is_no_change(acme: str) -> None:
    role = make_role()
    with logged() as changes:
        role.save()
        Role.objects.update(name=models.F("name"))
    assert changes == []


def test_delete_carries_the_old_row(acme: str) -> None:
    role = make_role()
    pk = role.pk
    with logged() as changes:
        role.delete()
    assert short(changes) == [("D", "roles_role", pk)]
    assert changes[0].new is None
    assert changes[0].old is not None
    assert changes[0].old["name"] == "Intern"


def test_bulk_writes(acme: str) -> None:
    with logged() as changes:
        roles = Role.objects.bulk_create([Role(name=f"Role {number}") for number in range(3)])
    assert short(changes) == [("I", "roles_role", role.pk) for role in roles]
    with logged() as changes:
        Role.objects.filter(name__startswith="Role ").update(position=3)
    assert sorted(short(changes)) == sorted(("U", "roles_role", role.pk) for role in roles)
    for role in roles:
        role.position = 4
    with logged() as changes:
        Role.objects.bulk_update(roles, ["position"])
    assert [change.columns for change in changes] == [{"position"}] * 3


def test_upsert_is_what_happened_to_the_row(acme: str) -> None:
    row = Role(key="intern", name="Intern", position=1)
    upsert: Any = {"update_conflicts": True, "update_fields": ["position"], "unique_fields": ["key"]}
    with logged() as changes:
        Role.objects.bulk_create([row], **upsert)
    assert [change.op for change in changes] == ["I"]
    with logged() as changes:
        Role.objects.bulk_create([Role(key="intern", name="Intern", position=2)], **upsert)
    assert [(change.op, set(change.columns)) for change in changes] == [("U", {"position"})]
    with logged() as changes:
        Role.objects.bulk_create([Role(key="intern", name="Intern")], ignore_conflicts=True)
    assert changes == []


def test_cascades_by_django_and_by_the_database(acme: str, cast: Cast) -> None:
    role = make_role()
    grant = RolePermission.objects.create(role=role, permission="contact.view", access="all")
    with logged() as changes:
        role.delete()
    assert ("D", "roles_rolepermission", grant.pk) in short(changes)
    company = Company.objects.create(name="Initech")
    contact = Contact.objects.create(
        full_name="Ann",
        stage=ContactStage.objects.earliest("id"),
        company=company,
        last_activity_at=timezone.now(),
    )
    with logged() as changes:
        company.delete()
    update = next(change for change in changes if change.table == "contacts_contact")
    assert update.columns == {"company_id"}
    assert (update.old or {})["company_id"] is not None
    assert (update.new or {})["company_id"] is None
    with connection.cursor() as cursor, logged() as changes:
        cursor.execute("CREATE TABLE parent (id int PRIMARY KEY)")
        cursor.execute(
            "CREATE TABLE child (id int PRIMARY KEY, parent_id int REFERENCES parent ON DELETE CASCADE)"
        )
        cursor.execute(
            "CREATE TRIGGER log AFTER INSERT OR UPDATE OR DELETE ON child"
            " FOR EACH ROW EXECUTE FUNCTION public.log_change('id', '{}')"
        )
        cursor.execute("INSERT INTO parent VALUES (1); INSERT INTO child VALUES (5, 1); DELETE FROM parent")
    assert short(changes) == [("I", "child", 5), ("D", "child", 5)]
    assert contact.pk


def test_m2m_tables(acme: str, cast: Cast) -> None:
    team = Team.objects.create(name="East")
    member = Member.objects.get(pk=cast.vera.member_id)
    with logged() as changes:
        team.members.add(member)
    (change,) = changes
    assert (change.op, change.table, change.schema) == ("I", "roles_teammember", ACME)
    assert (change.new or {})["member_id"] == member.pk
    with logged() as changes:
        team.members.clear()
    assert [change.op for change in changes] == ["D"]
    assert not TeamMember.objects.filter(team=team).exists()


def test_automatic_m2m_tables_of_ours_and_of_packages(db: None, cast: Cast) -> None:
    group = Group.objects.create(name="Support")
    user = User.objects.get(pk=cast.bob.user_id)
    with logged() as changes:
        user.groups.add(group)
        group.permissions.add(Permission.objects.earliest("id"))
    assert [(change.op, change.table) for change in changes] == [
        ("I", "accounts_user_groups"),
        ("I", "auth_group_permissions"),
    ]
    assert (changes[0].new or {})["user_id"] == user.pk


def test_public_rows_carry_public_whatever_the_tenant(acme: str, cast: Cast) -> None:
    with logged() as changes:
        User.objects.filter(pk=cast.bob.user_id).update(is_active=False)
        make_role()
    assert [(change.schema, change.table) for change in changes] == [
        ("public", "accounts_user"),
        (ACME, "roles_role"),
    ]


def test_search_path_does_not_name_the_schema(acme: str) -> None:
    with public_context(), connection.cursor() as cursor, logged() as changes:
        cursor.execute("INSERT INTO t_globex.roles_role (name, description, position, created_at)"
                       " VALUES ('Intern', '', 1, now())")  # fmt: skip
    assert [change.schema for change in changes] == ["t_globex"]


def test_truncate(acme: str) -> None:
    with connection.cursor() as cursor, logged() as changes:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE contacts_leadsource")
    assert short(changes) == [("T", "contacts_leadsource", None)]


def test_raw_sql_copy_and_merge(acme: str) -> None:
    with connection.cursor() as cursor, logged() as changes:
        cursor.execute("INSERT INTO contacts_contactstage (name, position) VALUES ('Raw', 1) RETURNING id")
        (pk,) = cursor.fetchone()
        with cursor.copy("COPY contacts_contactstage (name, position) FROM STDIN") as copy:
            copy.write_row(("Copied", 2))
        cursor.execute(
            "MERGE INTO contacts_contactstage s USING (VALUES ('Raw')) AS v(name) ON s.name = v.name"
            " WHEN MATCHED THEN UPDATE SET position = 9"
        )
    assert [change.op for change in changes] == ["I", "I", "U"]
    assert (changes[2].pk, set(changes[2].columns)) == (pk, {"position"})


def test_primary_key_change_carries_both_keys(acme: str) -> None:
    stage = ContactStage.objects.create(name="Moving")
    with logged() as changes:
        ContactStage.objects.filter(pk=stage.pk).update(id=900_000)
    (change,) = changes
    assert (change.op, change.pk, set(change.columns)) == ("U", 900_000, {"id"})
    assert ((change.old or {})["id"], (change.new or {})["id"]) == (stage.pk, 900_000)


def test_what_is_rolled_back_is_not_logged(acme: str) -> None:
    with logged() as changes:
        with undone():
            make_role("Gone")
        make_role("Kept")
    assert [(change.new or {})["name"] for change in changes] == ["Kept"]


def test_own_transaction_is_the_top_level_one(acme: str) -> None:
    with logged() as changes, transaction.atomic():
        make_role()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        assert changes[0].xid == int(cursor.fetchone()[0])


def test_request_and_actor_come_from_the_transaction(acme: str) -> None:
    with connection.cursor() as cursor, logged() as changes:
        make_role("One")
        cursor.execute(
            "SELECT set_config('realtime.request_id', 'r-1', true), set_config('realtime.actor', 'm:4', true)"
        )
        make_role("Two")
    assert [(change.request_id, change.actor) for change in changes] == [(None, None), ("r-1", "m:4")]


def test_secrets_and_long_texts_stay_out(db: None) -> None:
    with logged() as changes:
        user = User.objects.create_user("new@example.com", "correct horse")
        Session.objects.create(session_key="k" * 32, session_data="s" * 50, expire_date=timezone.now())
    of_user, of_session = changes
    assert of_user.new is not None
    assert not {"password", "email", "name"} & set(of_user.new)
    assert (of_user.pk, of_user.new["is_active"]) == (user.pk, True)
    assert (of_session.table, of_session.pk) == ("django_session", None)
    assert set(of_session.new or {}) == {"expire_date"}
    with logged() as changes:
        user.set_password("battery staple")
        user.save()
    assert changes[0].columns == {"password"}


def test_times_are_utc_whatever_the_session_says(acme: str) -> None:
    at = dt.datetime(2026, 3, 1, 12, 30, tzinfo=dt.UTC)
    with connection.cursor() as cursor, logged() as changes:
        cursor.execute("SET LOCAL TimeZone = 'Asia/Kolkata'")
        cursor.execute(
            "INSERT INTO roles_role (name, description, position, created_at) VALUES ('Intern', '', 1, %s)",
            [at],
        )
        cursor.execute("SHOW TimeZone")
        assert cursor.fetchone() == ("Asia/Kolkata",)
    assert (changes[0].new or {})["created_at"] == "2026-03-01T12:30:00+00:00"


def test_many_rows_end_in_one_marker(acme: str) -> None:
    with logged() as changes:
        ContactStage.objects.bulk_create([ContactStage(name=f"Stage {number}") for number in range(700)])
        make_role()
    assert [change.op for change in changes[:500]] == ["I"] * 500
    assert short(changes[500:501]) == [("B", "contacts_contactstage", None)]
    assert [change.table for change in changes[501:]] == ["roles_role"]


def test_many_statements_of_few_rows_end_in_one_marker(acme: str) -> None:
    """Counting begins at 500 rows, so there are 500 more before the marker; also when each row has its statement."""
    with logged() as changes:
        for part in range(13):
            names = [ContactStage(name=f"Stage {part} {number}") for number in range(100)]
            ContactStage.objects.bulk_create(names)
    assert [change.op for change in changes[-1:]] == ["B"]
    assert 500 <= len(changes) - 1 <= 1_000


def test_marker_is_rolled_back_with_its_savepoint(acme: str) -> None:
    with logged() as changes:
        ContactStage.objects.create(name="First")
        with undone():
            ContactStage.objects.bulk_create([ContactStage(name=f"Stage {number}") for number in range(700)])
        ContactStage.objects.create(name="Last")
    assert [change.op for change in changes] == ["I", "I"]


def test_tables_that_share_a_counter_lose_nothing(acme: str) -> None:
    with connection.cursor() as cursor, logged() as changes:
        cursor.execute("""
            DO $$ BEGIN FOR n IN 1..130 LOOP
                EXECUTE format('CREATE TABLE many_%s (id int PRIMARY KEY)', n);
                EXECUTE format('CREATE TRIGGER log AFTER INSERT ON many_%s FOR EACH ROW'
                               ' EXECUTE FUNCTION public.log_change(''id'', ''{}'')', n);
                EXECUTE format('INSERT INTO many_%s SELECT generate_series(1, 3)', n);
            END LOOP; FOR n IN 1..130 LOOP EXECUTE format('INSERT INTO many_%s VALUES (4)', n); END LOOP; END $$
        """)
    assert {(change.table, change.pk) for change in changes} == {
        (f"many_{table}", pk) for table in range(1, 131) for pk in range(1, 5)
    }


def test_touch_marks_a_table(acme: str) -> None:
    with logged() as changes:
        touch("contacts_contact")
        touch("accounts_user", "public")
    assert [(change.op, change.schema, change.table) for change in changes] == [
        ("B", ACME, "contacts_contact"),
        ("B", "public", "accounts_user"),
    ]
