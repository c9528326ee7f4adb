"""Whatever is written, in whatever order it commits: folding the feed from nothing gives the visible rows."""

import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import pytest
from django.db import transaction

from accounts.roles.models import FieldPermission, Member, Role, RolePermission, TeamMember
from accounts.tenancy import tenant_context
from crm.activities.subjects import standing_on
from crm.contacts.models import Contact
from crm.deals.models import Deal
from crm.files.models import Attachment
from realtime.changes.log import touch
from realtime.functions import FunctionError
from realtime.functions.call import call
from tests.cast import ACME, Cast, Person
from tests.crm.feed.reader import Reader

WRITES = 50
TABLES = [
    "contacts", "companies", "deals", "deal_contacts", "deal_members", "activities", "files", "members", "stages",
]  # fmt: skip


class Writes:
    """Random committed writes in Acme, among them transactions that stay open while others commit."""

    def __init__(self, cast: Cast, url: str, seed: int) -> None:
        self.random, self.cast, self.url = random.Random(seed), cast, url
        self.open: list[psycopg.Connection[Any]] = []
        self.kinds = [
            self.create, self.create, self.rename, self.rename, self.assign, self.assign, self.assign, self.note,
            self.archive, self.deal, self.deal, self.many, self.bulk, self.delete, self.delete_deal,
            self.party, self.party, self.colleague, self.file, self.file, self.rename_file, self.assign_deal,
            self.role, self.role, self.team, self.hide, self.access, self.begin, self.begin, self.commit, self.mark,
        ]  # fmt: skip

    def write(self) -> str:
        """One of them; its name."""
        kind = self.random.choice(self.kinds)
        with tenant_context(ACME), suppress(FunctionError):
            kind()
        return kind.__name__

    def end(self) -> None:
        """Roll back what is open."""
        for connection in self.open:
            connection.close()

    def _do(self, function: str, **args: Any) -> Any:
        return call(function, self.cast.olivia.context(), args)

    def _someone(self) -> Person:
        return self.random.choice(self.cast.acme)

    def _some(self, model: Any) -> int:
        return self.random.choice(list(model.objects.values_list("id", flat=True)) or [1])

    def create(self) -> None:
        args = {"first_name": self.random.choice("ABC"), "owner_id": self._someone().member_id}
        self._do("contacts.create_contact", **args, background="text " * self.random.randrange(9))

    def rename(self) -> None:
        changes = {
            self.random.choice(["last_name", "background", "email"]): f"x{self.random.random()}@a.test"
        }
        self._do("contacts.update_contact", contact_id=self._some(Contact), changes=changes)

    def assign(self) -> None:
        args = {"contact_id": self._some(Contact), "owner_id": self._someone().member_id}
        self._do("contacts.assign_contact", **args)

    def note(self) -> None:
        self._do("activities.create_activity", contact_id=self._some(Contact), body="Hello")

    def archive(self) -> None:
        self._do("contacts.archive_contact", contact_id=self._some(Contact))

    def deal(self) -> None:
        owner = self._someone().member_id
        self._do("deals.create_deal", title="D", owner_id=owner, amount=str(self.random.randrange(99)))

    def party(self) -> None:
        args = {"deal_id": self._some(Deal), "contact_id": self._some(Contact)}
        if self.random.random() < 0.7:
            primary = self.random.random() < 0.3
            self._do(
                "deals.set_deal_contact", **args, role=self.random.choice(["", "Buyer"]), is_primary=primary
            )
        else:
            self._do("deals.remove_deal_contact", **args)

    def colleague(self) -> None:
        args = {"deal_id": self._some(Deal), "member_id": self._someone().member_id}
        self._do(f"deals.{self.random.choice(['set', 'set', 'remove'])}_deal_member", **args)

    def assign_deal(self) -> None:
        self._do("deals.assign_deal", deal_id=self._some(Deal), owner_id=self._someone().member_id)

    def file(self) -> None:
        """A row alone: the feed does not look into the storage."""
        record = self.random.choice([Contact, Deal]).objects.order_by("?").first()
        if record is not None:
            key = f"{ACME}/{self.random.random()}"
            Attachment.objects.create(
                **standing_on(record),
                key=key,
                filename="a.txt",
                size=1,
                sha256="0" * 64,
                content_type="text/plain",
            )

    def rename_file(self) -> None:
        Attachment.objects.filter(pk=self._some(Attachment)).update(filename=f"{self.random.random()}.txt")

    def many(self) -> None:
        with transaction.atomic():
            for _ in range(3):
                self.assign()
                self.rename()

    def bulk(self) -> None:
        """More rows than the log names: one marker."""
        base = Contact.objects.order_by("?").values("stage_id", "last_activity_at").first()
        if base is not None and Contact.objects.count() < 600:
            owner = self._someone().member_id
            rows = [Contact(first_name=f"b{n}", owner_id=owner, **base) for n in range(520)]
            Contact.objects.bulk_create(rows)
        else:
            Contact.objects.update(job_title=str(self.random.random()))

    def delete(self) -> None:
        Contact.objects.filter(pk=self._some(Contact)).delete()

    def delete_deal(self) -> None:
        Deal.objects.filter(pk=self._some(Deal)).delete()

    def role(self) -> None:
        role = Role.objects.get(key=self.random.choice(["admin", "leader", "agent", "viewer"]))
        member = self.random.choice(self.cast.acme[1:]).member_id
        Member.objects.filter(pk=member).update(role=role)

    def team(self) -> None:
        member, team = self._someone().member_id, self.random.choice(list(self.cast.teams.values()))
        if not TeamMember.objects.filter(member_id=member, team_id=team).delete()[0]:
            TeamMember.objects.create(member_id=member, team_id=team)

    def hide(self) -> None:
        role = Role.objects.get(key=self.random.choice(["leader", "agent", "viewer"]))
        object, field = self.random.choice(
            [("contact", "email"), ("contact", "stage_id"), ("deal", "contact_id"), ("deal", "contact_id")]
        )
        found = FieldPermission.objects.filter(role=role, object=object, field=field)
        if not found.delete()[0]:
            FieldPermission.objects.create(role=role, object=object, field=field, level="hidden")

    def access(self) -> None:
        word = self.random.choice(["contact.view", "deal.view", "activity.view"])
        roles = Role.objects.filter(key__in=["leader", "agent", "viewer"])
        access = self.random.choice(["own", "team", "all"])
        RolePermission.objects.filter(role__in=roles, permission=word).update(access=access)

    def begin(self) -> None:
        """A transaction with a low number that commits later than others, some of them of the same rows."""
        if len(self.open) < 3:
            connection = psycopg.connect(self.url)
            connection.execute(f"SET search_path TO {ACME}, public; SET lock_timeout = '50ms'")
            connection.commit()
            connection.execute("SELECT pg_current_xact_id()")
            self.open.append(connection)

    def commit(self) -> None:
        if not self.open:
            return
        connection = self.open.pop(self.random.randrange(len(self.open)))
        owner, contact = self._someone().member_id, self._some(Contact)
        connection.execute(
            "UPDATE contacts_contact SET owner_id = %s, team_id = NULL WHERE id = %s", [owner, contact]
        )
        connection.execute("UPDATE deals_deal SET owner_id = %s WHERE id = %s", [owner, self._some(Deal)])
        connection.commit() if self.random.random() < 0.8 else connection.rollback()
        connection.close()

    def mark(self) -> None:
        touch("deals_deal")


@contextmanager
def written(cast: Cast, url: str, seed: int) -> Iterator[Writes]:
    writes = Writes(cast, url, seed)
    try:
        yield writes
    finally:
        writes.end()


@pytest.mark.parametrize("seed", [1, 2])
def test_folding_gives_the_visible_rows(committed_db: str, cast: Cast, seed: int) -> None:
    chance = random.Random(seed)
    with written(cast, committed_db, seed) as writes:
        people = [cast.olivia, cast.lea, cast.alice, cast.bob]
        readers = [Reader(person, TABLES, limit=chance.choice([3, 20, 1000])) for person in people]
        for number in range(WRITES):
            name = writes.write()
            for reader in readers:
                if chance.random() < 0.3:
                    reader.read_page()  # left in the middle of catching up, as a program that was stopped
            if number % 10 == 9:
                for reader in readers:
                    reader.limit = 200
                    reader.read()
                    try:
                        reader.check()
                    except AssertionError as error:
                        raise AssertionError(f"{reader.person.name} after write {number}, {name}") from error
        late = Reader(cast.lea, TABLES)
        late.read()
        late.check()
        told = {change["op"] for reader in readers for page in reader.pages for change in page["changes"]}
        assert told == {"insert", "update", "delete", "reset"}


def test_nothing_is_told_of_another_tenant(committed_db: str, cast: Cast) -> None:
    charlie = Reader(cast.charlie, TABLES)
    charlie.read()
    with tenant_context(ACME):
        call("contacts.create_contact", cast.olivia.context(), {"first_name": "Secret"})
    assert charlie.read() == []
