"""What the call path promises, whatever the function."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import InternalError, OperationalError, connection
from django.utils import timezone

from accounts.permissions import Permission
from accounts.tenancy import tenant_context
from crm.contacts.models import Contact
from crm.contacts.mutations import create_contact, update_contact
from crm.contacts.queries import get_contact, list_contacts
from realtime.functions import BadRequest, Conflict, Context, Forbidden, InvalidInput, NotFound, TooSlow
from realtime.functions.call import BadResult, Outcome, call, call_outcome
from realtime.functions.models import AuditEntry, IdempotencyRecord
from realtime.functions.registry import Function, Registry, registry
from realtime.functions.transactions import MAX_ATTEMPTS, writing
from tests.cast import Cast, Person


def make(body: Any, kind: Any = "query", permission: str = Permission.CONTACT_VIEW) -> Function[Any, Any]:
    """A function that is not in the registry."""
    return Function(body, kind, permission, {})


def test_incomplete_functions_do_not_register() -> None:
    def undocumented(ctx: Context) -> int:
        return 1

    def unbounded(ctx: Context, number: int) -> int:
        """Takes a positional argument."""
        return number

    def untyped(ctx: Context):  # type: ignore[no-untyped-def]  # what is refused
        """Declares no result."""

    for body in (undocumented, unbounded, untyped):
        with pytest.raises(TypeError):
            make(body)
    with pytest.raises(TypeError):
        make(test_incomplete_functions_do_not_register, permission="")


def test_a_name_is_registered_once() -> None:
    def twice(ctx: Context) -> int:
        """Answers one."""
        return 1

    found = Registry()
    found.add(make(twice))
    with pytest.raises(TypeError):
        found.add(make(twice))
    with pytest.raises(NotFound):
        found.get("contacts.no_such_function")


def test_a_statement_that_takes_too_long_is_refused_and_changes_nothing(acme: str, cast: Cast) -> None:
    def dawdle(ctx: Context) -> int:
        """Takes its time."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 30; SELECT pg_sleep(9)")
        return 1

    def write_and_dawdle(ctx: Context) -> int:
        """Writes, then takes its time."""
        Contact.objects.all().delete()
        return dawdle(ctx)

    before = Contact.objects.count()
    for function in (make(dawdle), make(write_and_dawdle, "mutation")):
        with pytest.raises(TooSlow, match="Ask for less"):
            call(function, cast.olivia.context(), {})
    assert Contact.objects.count() == before


def test_direct_calls_past_the_call_path_are_refused(acme: str, cast: Cast) -> None:
    with pytest.raises(RuntimeError, match="past the call path"):
        list_contacts(cast.olivia.context())


def test_a_call_for_another_tenant_than_the_current_one_is_refused(acme: str, cast: Cast) -> None:
    with pytest.raises(RuntimeError, match="while in t_acme"):
        call(list_contacts, cast.charlie.context())


def test_the_database_keeps_queries_from_writing(acme: str, cast: Cast) -> None:
    def sly(ctx: Context) -> int:
        """Writes although it says that it reads."""
        return Contact.objects.update(source="sly")

    with pytest.raises(InternalError, match="read-only"):
        call(make(sly), cast.olivia.context())


@pytest.mark.parametrize(
    ("args", "param"),
    [
        ({"limit": "50"}, "limit"),
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"limit": True}, "limit"),
        ({"limit": None}, "limit"),
        ({"owner_id": 2**63}, "owner_id"),
        ({"owner_id": -1}, "owner_id"),
        ({"owner_id": 1.5}, "owner_id"),
        ({"search": ["a"]}, "search"),
        ({"search": "a" * 101}, "search"),
        ({"sort": "email"}, "sort"),
        ({"cursor": "not a cursor"}, "cursor"),
        ({"cursor": "W10"}, "cursor"),
        ({"updated_since": "yesterday"}, "updated_since"),
        ({"no_such_argument": 1}, "no_such_argument"),
    ],
)
def test_wrong_arguments_are_named(acme: str, cast: Cast, args: dict[str, Any], param: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        call(list_contacts, cast.olivia.context(), args)
    assert [error["param"] for error in caught.value.errors] == [param]


def test_text_that_the_database_cannot_store_is_invalid(acme: str, cast: Cast) -> None:
    for bad in ("nul\x00", "surrogate\ud800"):
        with pytest.raises(InvalidInput):
            call(create_contact, cast.olivia.context(), {"first_name": bad})
    assert not Contact.objects.exists()


def test_json_is_read_strictly_and_text_leniently() -> None:
    function = registry.get("contacts.list_contacts")
    assert function.args_from_text({"limit": ["20"], "archived": ["true"]}).model_dump()["limit"] == 20
    with pytest.raises(InvalidInput):
        function.args_from_json(b'{"limit": "20"}')
    with pytest.raises(BadRequest):
        function.args_from_json(b"{broken")
    with pytest.raises(InvalidInput):
        function.args_from_text({"limit": ["20", "30"]})
    with pytest.raises(InvalidInput):
        function.args_from_json(b'{"search": "' + b"a" * 2_000_000 + b'"}')


def test_a_mutation_writes_its_audit_row(acme: str, cast: Cast) -> None:
    contact = call(create_contact, cast.alice.context(), {"first_name": "Ada"})
    row = AuditEntry.objects.get(function="contacts.create_contact")
    assert (row.object, row.object_id, row.actor_id) == ("contact", contact["id"], cast.alice.member_id)
    assert row.changes["first_name"] == [None, "Ada"]


def test_a_change_without_its_audit_row_does_not_happen(
    acme: str, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise OSError("the audit table is full")

    monkeypatch.setattr("realtime.functions.call._write_audit", broken)
    with pytest.raises(OSError, match="full"):
        call(create_contact, cast.alice.context(), {"first_name": "Ada"})
    assert not Contact.objects.exists()


def test_a_dry_run_answers_and_changes_nothing(acme: str, cast: Cast) -> None:
    answer = call(create_contact, cast.alice.context(), {"first_name": "Ada"}, dry_run=True)
    assert answer["full_name"] == "Ada"
    assert not Contact.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_repeated_key_answers_the_stored_result(acme: str, cast: Cast) -> None:
    first = call_outcome(create_contact, cast.alice.context(), {"first_name": "Ada"}, idempotency_key="k1")
    again = call_outcome(create_contact, cast.alice.context(), {"first_name": "Ada"}, idempotency_key="k1")
    assert not first.replayed
    assert again.replayed
    assert again.result["id"] == first.result["id"]
    assert Contact.objects.count() == 1
    with pytest.raises(Conflict, match="idempotency key"):
        call(create_contact, cast.alice.context(), {"first_name": "Bea"}, idempotency_key="k1")
    call(create_contact, cast.bob.context(), {"first_name": "Bea"}, idempotency_key="k1")
    assert IdempotencyRecord.objects.count() == 2


def test_a_key_is_its_actors_own_and_is_kept_for_a_day(acme: str, cast: Cast) -> None:
    def create(person: Person, name: str, after: timedelta = timedelta()) -> Outcome:
        ctx = replace(person.context(), clock=now + after)
        return call_outcome(create_contact, ctx, {"first_name": name}, idempotency_key="k")

    now = timezone.now()
    create(cast.alice, "Ada")
    bea = create(cast.bob, "Bea")
    again = create(cast.bob, "Bea", timedelta(hours=24))
    assert (again.replayed, again.result["id"]) == (True, bea.result["id"])
    assert create(cast.bob, "Cid", timedelta(hours=24, seconds=1)).result["first_name"] == "Cid"


def test_a_failed_call_does_not_use_its_key_up(acme: str, cast: Cast) -> None:
    with pytest.raises(InvalidInput):
        call(create_contact, cast.alice.context(), {"stage_id": 999, "first_name": "A"}, idempotency_key="k")
    call(create_contact, cast.alice.context(), {"first_name": "A"}, idempotency_key="k")


@pytest.mark.parametrize("key", ["", "x" * 256, "line\nbreak"])
def test_bad_keys_are_refused(acme: str, cast: Cast, key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        call(create_contact, cast.alice.context(), {"first_name": "Ada"}, idempotency_key=key)
    assert caught.value.errors[0]["param"] == "idempotency_key"


def test_a_wrong_result_is_a_defect(acme: str, cast: Cast) -> None:
    def liar(ctx: Context) -> int:
        """Declares a number and answers text."""
        return "one"  # type: ignore[return-value]  # what is refused

    with pytest.raises(BadResult):
        call(make(liar), cast.olivia.context())


def test_no_permission_means_forbidden(acme: str, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        call(create_contact, cast.vera.context(), {"first_name": "Ada"})


def test_the_context_notes_what_the_answer_depends_on(acme: str, cast: Cast) -> None:
    alice, vera = cast.alice.context(), cast.vera.context()
    call(list_contacts, alice)
    call(list_contacts, vera)
    assert alice.observed == {"member_id"}
    assert vera.observed == set()
    assert not vera.reads_clock


def test_pages_hold_each_row_once(acme: str, cast: Cast) -> None:
    for number in range(7):
        call(create_contact, cast.alice.context(), {"first_name": f"N{number}"})
    for sort in ("-last_activity_at", "full_name", "-created_at"):
        seen, cursor = [], None
        while True:
            page = call(list_contacts, cast.alice.context(), {"limit": 3, "cursor": cursor, "sort": sort})
            seen += [row["full_name"] for row in page["data"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert sorted(seen) == [f"N{number}" for number in range(7)], sort
    first = call(list_contacts, cast.alice.context(), {"limit": 3})
    with pytest.raises(InvalidInput):
        call(list_contacts, cast.alice.context(), {"cursor": first["next_cursor"], "sort": "full_name"})


def test_concurrent_calls_with_one_key_create_one_record(committed_db: str) -> None:
    from tests.cast import load_cast

    cast, answers, errors = load_cast(), [], []

    def create() -> None:
        with tenant_context("t_acme"):
            try:
                answers.append(
                    call(create_contact, cast.alice.context(), {"first_name": "Once"}, idempotency_key="one")[
                        "id"
                    ]
                )
            except Exception as error:  # the assertion below shows it
                errors.append(error)
            finally:
                connection.close()

    threads = [threading.Thread(target=create) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tenant_context("t_acme"):
        assert errors == []
        assert len(set(answers)) == 1
        assert Contact.objects.filter(first_name="Once").count() == 1


COLLIDE = "DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '{code}'; END $$"


@pytest.mark.parametrize(
    ("code", "failures", "attempts"),
    [
        ("40001", 1, 2),
        ("40P01", MAX_ATTEMPTS - 1, MAX_ATTEMPTS),
        ("40001", 99, MAX_ATTEMPTS),
        ("53400", 99, 1),
    ],
)
def test_what_lost_against_another_transaction_is_done_again_whole(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, code: str, failures: int, attempts: int
) -> None:
    """Serialization failures and deadlocks, a bounded number of times; nothing else."""
    from tests.cast import load_cast

    cast, tries = load_cast(), list[int]()
    monkeypatch.setattr("realtime.functions.transactions.time.sleep", lambda _seconds: None)

    def body() -> int:
        tries.append(Contact.objects.count())
        call(create_contact, cast.alice.context(), {"first_name": code})
        if len(tries) <= failures:
            with connection.cursor() as cursor:
                cursor.execute(COLLIDE.format(code=code))
        return len(tries)

    with tenant_context("t_acme"):
        before = Contact.objects.count()
        if failures < attempts:
            assert writing(body) == attempts
        else:
            with pytest.raises(OperationalError):
                writing(body)
        assert tries == [before] * attempts
        assert Contact.objects.count() == before + (failures < attempts)


def test_concurrent_edits_lose_nothing(committed_db: str) -> None:
    from tests.cast import load_cast

    cast = load_cast()
    with tenant_context("t_acme"):
        contact = call(create_contact, cast.alice.context(), {"first_name": "Ada"})

    def edit(field: str) -> None:
        with tenant_context("t_acme"):
            call(
                update_contact,
                cast.alice.context(),
                {"contact_id": contact["id"], "changes": {field: "changed"}},
            )
            connection.close()

    fields = ["first_name", "last_name", "job_title", "source", "background"]
    threads = [threading.Thread(target=edit, args=(field,)) for field in fields]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tenant_context("t_acme"):
        now = call(get_contact, cast.alice.context(), {"contact_id": contact["id"]})
        assert [now[field] for field in fields] == ["changed"] * 5  # type: ignore[literal-required]  # names from a list
        assert now["version"] == contact["version"] + 5


def test_every_function_is_complete() -> None:
    for function in registry:
        assert function.summary.endswith("."), function.name
        assert function.permission in set(Permission), function.name
        function.result_adapter.json_schema()
        function.args_model.model_json_schema()
