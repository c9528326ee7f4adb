"""The owners' admin: their tenant only, their role only, no counting, changes through mutations."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles.models import FieldPermission, Invitation, Member, Role
from accounts.tenancy import tenant_context
from crm.contacts.models import Contact, ContactStage
from crm.web.admin_site import OpenEndedPaginator, owners
from crm.web.admin_tables import UNLISTED
from realtime.functions.call import call
from realtime.functions.models import AuditEntry
from tests.cast import ACME, GLOBEX, Cast, Person

pytestmark = pytest.mark.django_db


def log_in(person: Person) -> Client:
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(User.objects.get(pk=person.user_id))
    return browser


def make_contact(person: Person, name: str) -> int:
    with tenant_context(person.schema):
        return int(call("contacts.create_contact", person.context(), {"first_name": name})["id"])


LISTS = sorted(model._meta.label_lower.replace(".", "/") for model in owners._registry)


def test_every_table_of_a_tenant_has_its_list() -> None:
    """Whatever a tenant owns, its owner can look at: a new table is registered, or listed with a reason."""
    tables = {model for model in apps.get_models() if model._meta.app_config.name in settings.TENANT_APPS}
    missing = {model._meta.label for model in tables - set(owners._registry)}
    assert missing == set(UNLISTED)


@pytest.mark.parametrize("path", ["", *(f"{name}/" for name in LISTS)])
def test_an_owner_sees_every_list_and_nothing_is_counted(cast: Cast, path):
    make_contact(cast.olivia, "Zara")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = log_in(cast.olivia).get(f"/admin/{path}")
    assert answer.status_code == 200
    counted = [query["sql"] for query in queries if "count(" in query["sql"].lower()]
    assert counted == []
    assert "9999999999" not in answer.content.decode()


def test_the_first_page_leads_to_every_list(cast: Cast):
    """On a phone nothing else does: the sidebar is folded away."""
    page = log_in(cast.olivia).get("/admin/").content.decode()
    body = page[page.index('id="content"') :]
    assert [name for name in LISTS if f'href="/admin/{name}/"' not in body] == []


@pytest.mark.parametrize("name", ["adam", "lea", "alice", "vera"])
def test_other_roles_find_nothing(cast: Cast, name):
    browser = log_in(getattr(cast, name))
    assert browser.get("/admin/", follow=True).status_code == 404
    assert browser.get("/admin/contacts/contact/", follow=True).status_code == 404


def test_nobody_is_sent_to_log_in(cast):
    answer = Client(SERVER_NAME="localhost").get("/admin/contacts/contact/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/login/?next=/admin/contacts/contact/")


def test_rows_are_the_tenant_s_own(cast: Cast):
    zara, yves = make_contact(cast.olivia, "Zara"), make_contact(cast.charlie, "Yves")
    browser = log_in(cast.olivia)
    page = browser.get("/admin/contacts/contact/").content.decode()
    assert "Zara" in page
    assert "Yves" not in page
    assert browser.get(f"/admin/contacts/contact/{zara}/change/").status_code == 200
    with tenant_context(GLOBEX):
        assert Contact.objects.filter(pk=yves).exists()
    other = log_in(cast.charlie).get("/admin/contacts/contact/").content.decode()
    assert "Yves" in other
    assert "Zara" not in other


def test_the_bin_goes_through_the_mutation(cast: Cast):
    pk = make_contact(cast.olivia, "Zara")
    browser = log_in(cast.olivia)
    for action, archived in (("archive", True), ("restore", False)):
        form = {"action": action, "_selected_action": [pk]}
        assert browser.post("/admin/contacts/contact/", form, follow=True).status_code == 200
        with tenant_context(ACME):
            assert (Contact.objects.get(pk=pk).archived_at is not None) is archived
            assert AuditEntry.objects.filter(function=f"contacts.{action}_contact", object_id=pk).exists()


def test_records_are_found_by_the_index(cast: Cast):
    make_contact(cast.olivia, "Zara")
    make_contact(cast.olivia, "Yves")
    browser = log_in(cast.olivia)
    with CaptureQueriesContext(connection) as queries:
        page = browser.get("/admin/contacts/contact/?q=zar").content.decode()
    assert "Zara" in page
    assert "Yves" not in page
    assert not [query["sql"] for query in queries if " LIKE UPPER(" in query["sql"]]


def test_members_are_deactivated_by_the_mutation(cast: Cast):
    browser = log_in(cast.olivia)
    form = {"action": "deactivate", "_selected_action": [cast.bob.member_id, cast.olivia.member_id]}
    page = browser.post("/admin/roles/member/", form, follow=True).content.decode()
    assert "A firm needs at least one active owner" in page
    with tenant_context(ACME):
        active = dict(Member.objects.values_list("name", "is_active"))
        assert (active["Bob"], active["Olivia"]) == (False, True)
        found = AuditEntry.objects.filter(function="roles.deactivate_member").values_list(
            "object_id", flat=True
        )
        assert list(found) == [cast.bob.member_id]


def test_a_refusal_is_shown(cast: Cast):
    pk = make_contact(cast.olivia, "Zara")
    with tenant_context(ACME):
        Role.objects.get(key="owner").permissions.filter(permission="contact.delete").delete()
    form = {"action": "archive", "_selected_action": [pk]}
    page = log_in(cast.olivia).post("/admin/contacts/contact/", form, follow=True)
    assert "Your role does not allow this" in page.content.decode()
    with tenant_context(ACME):
        assert Contact.objects.get(pk=pk).archived_at is None


def test_hidden_fields_and_secrets_are_not_shown(cast: Cast):
    pk = make_contact(cast.olivia, "Zara")
    with tenant_context(ACME):
        role = Role.objects.get(key="owner")
        Contact.objects.filter(pk=pk).update(email="zara@secret.test")
        FieldPermission.objects.create(role=role, object="contact", field="email", level="hidden")
        call("roles.invite_member", cast.olivia.context(), {"email": "x@y.test", "role_id": role.pk})
        invitation = Invitation.objects.get()
    browser = log_in(cast.olivia)
    for path in ("", f"{pk}/change/", "?q=secret"):
        assert "zara@secret.test" not in browser.get(f"/admin/contacts/contact/{path}").content.decode()
    page = browser.get(f"/admin/roles/invitation/{invitation.pk}/change/").content.decode()
    assert "x@y.test" in page
    assert invitation.token_hash not in page


def test_what_is_made_from_a_hidden_field_is_hidden_with_it(cast: Cast) -> None:
    """Rules name columns, the admin names fields; some columns are made from others; a name may be an address."""
    with tenant_context(ACME):
        stage = str(ContactStage.objects.order_by("position")[0])
        given = {"phone": "+1 415 555 0123", "email": "zara@secret.test", "tags": ["VIP"]}
        pk = call("contacts.create_contact", cast.olivia.context(), given)["id"]
        Contact.objects.filter(pk=pk).update(custom_values={"budget": "4711"})
        role = Role.objects.get(key="owner")
        for field in ("phone", "email", "stage_id", "custom.budget"):
            FieldPermission.objects.create(role=role, object="contact", field=field, level="hidden")
        entry = AuditEntry.objects.filter(object="contact", object_id=pk).earliest("id")
    browser = log_in(cast.olivia)
    change = browser.get(f"/admin/contacts/contact/{pk}/change/").content.decode()
    for secret in ("+14155550123", "4711", f">{stage}<", "zara@secret.test"):
        assert secret not in change
    for path in ("contacts/contact/", "segments/contacttag/", f"functions/auditentry/{entry.pk}/change/"):
        assert "zara@secret.test" not in browser.get(f"/admin/{path}").content.decode(), path


@pytest.mark.parametrize(
    ("path", "is_offered"),
    [
        ("contacts/contact/?email__startswith=z", False),
        ("contacts/contact/?owner__email__startswith=z", False),
        ("roles/invitation/?token_hash__startswith=a", False),
        ("mail/mailbox/?password_encrypted__startswith=g", False),
        ("contacts/contact/?archived_at__isempty=1", True),
        ("roles/member/?is_active__exact=1", True),
        ("roles/member/?role__id__exact=1", True),
    ],
)
def test_a_list_is_filtered_by_what_it_offers_alone(cast: Cast, path: str, is_offered: bool) -> None:
    """A column that is not shown could be found out letter by letter."""
    answer = log_in(cast.olivia).get(f"/admin/{path}")
    assert answer.status_code == (200 if is_offered else 400)


@pytest.mark.parametrize(
    "path",
    [
        "contacts/contact/add/",
        "contacts/contact/1/delete/",
        "contacts/contact/1/history/",
        "password_change/",
        "search/?s=x",
    ],
)
def test_what_is_not_offered(cast: Cast, path):
    assert log_in(cast.olivia).get(f"/admin/{path}").status_code in {302, 403, 404}


def test_pages_without_counting():
    pages = OpenEndedPaginator(range(120), 50)
    assert [page.has_next() for page in (pages.page(1), pages.page(2), pages.page(3), pages.page(4))] == [
        True, True, False, False,
    ]  # fmt: skip
    assert list(pages.page(3)) == list(range(100, 120))
    deep = OpenEndedPaginator(range(10_000), 50).page(150)
    assert (deep.number, deep.has_next()) == (100, False)
