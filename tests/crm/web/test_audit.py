"""The audit log as its readers see it: sentences, with names in place of ids."""

import re

import pytest
from django.test import Client
from django.utils.html import strip_tags

from accounts.tenancy import tenant_context
from crm.web.doings import DOINGS
from realtime.functions import registry
from realtime.functions.call import call
from realtime.functions.models import AuditEntry
from tests.cast import Cast
from tests.crm.web.conftest import Browse

pytestmark = pytest.mark.usefixtures("acme")


def read(client: Client) -> str:
    """The words on the page, one blank between them."""
    return re.sub(r"\s+", " ", strip_tags(client.get("/settings/audit/").content.decode()))


def test_every_mutation_is_a_sentence() -> None:
    assert DOINGS.keys() == {each.name for each in registry if each.kind == "mutation" and "." in each.name}


def test_entries_name_records_members_and_stages(browse: Browse, cast: Cast) -> None:
    ada = call("contacts.create_contact", cast.alice.context(), {"first_name": "Ada"})["id"]
    call(
        "contacts.assign_contact", cast.olivia.context(), {"contact_id": ada, "owner_id": cast.bob.member_id}
    )
    deal = call("deals.create_deal", cast.olivia.context(), {"title": "Loft", "contact_id": ada})["id"]
    call("deals.win_deal", cast.olivia.context(), {"deal_id": deal})
    text = read(browse(cast.olivia))
    assert "Alice added a contact Ada" in text
    assert re.search(r"Olivia gave a contact to somebody Ada .*?Owner Alice Bob", text)
    assert re.search(r"Olivia won a deal Loft .*?Stage Qualified Won", text)
    assert f"#{cast.bob.member_id}" not in text


def test_the_system_and_functions_that_are_no_more(browse: Browse, cast: Cast) -> None:
    from django.utils import timezone

    with tenant_context(cast.olivia.schema):
        for function in ("sequences.take_turn", "contacts.fold_contact"):
            AuditEntry.objects.create(function=function, actor_kind="system", at=timezone.now())
    text = read(browse(cast.olivia))
    assert "The system did the next step of a sequence" in text
    assert "The system Fold contact" in text


def test_a_refusal_says_what_the_role_lacks_and_whom_to_ask(browse: Browse, cast: Cast) -> None:
    response = browse(cast.bob).get("/settings/audit/")
    assert response.status_code == 403
    assert "Your role does not allow this: Read the audit log. Ask an owner" in response.content.decode()
