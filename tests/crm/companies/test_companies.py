"""Companies: sums over their contacts and deals, roles of contacts in them, upsert by domain."""

from typing import Any

import pytest

from crm.companies.models import Company
from crm.contacts.models import Contact, ContactCompany
from realtime.functions import InvalidInput
from realtime.functions.call import call
from tests.cast import Cast, Person

pytestmark = pytest.mark.usefixtures("acme")


def do(person: Person, function: str, **args: Any) -> Any:
    return call(function, person.context(), args)


def sums(pk: int) -> tuple[int, int, dict[str, str]]:
    return Company.objects.values_list("contact_count", "open_deal_count", "open_deal_value").get(pk=pk)


@pytest.fixture
def firm(cast: Cast) -> int:
    return int(do(cast.olivia, "companies.create_company", name="Engines")["id"])


def test_contacts_are_counted_without_those_in_the_bin(cast: Cast, firm: int) -> None:
    ada = do(cast.olivia, "contacts.create_contact", first_name="Ada", company_id=firm)["id"]
    bob = do(cast.olivia, "contacts.create_contact", first_name="Bob")["id"]
    do(cast.olivia, "contacts.put_company_role", contact_id=bob, company_id=firm, role="Buyer")
    assert sums(firm)[0] == 2
    do(cast.olivia, "contacts.archive_contact", contact_id=ada)
    assert sums(firm)[0] == 1
    do(cast.olivia, "contacts.restore_contact", contact_id=ada)
    do(cast.olivia, "contacts.update_contact", contact_id=ada, changes={"company_id": None})
    assert sums(firm)[0] == 1
    do(cast.olivia, "contacts.delete_company_role", contact_id=bob, company_id=firm)
    assert sums(firm)[0] == 0
    assert not ContactCompany.objects.exists()


def test_open_deals_are_summed_by_currency(cast: Cast, firm: int) -> None:
    deal = do(cast.olivia, "deals.create_deal", title="House", amount="100.50", company_id=firm)["id"]
    do(cast.olivia, "deals.create_deal", title="Boat", amount="20", currency="EUR", company_id=firm)
    assert sums(firm) == (0, 2, {"USD": "100.50", "EUR": "20.00"})
    do(cast.olivia, "deals.update_deal", deal_id=deal, changes={"amount": "50"})
    assert sums(firm)[2]["USD"] == "50.00"
    do(cast.olivia, "deals.win_deal", deal_id=deal)
    assert sums(firm) == (0, 1, {"EUR": "20.00"})
    do(cast.olivia, "deals.reopen_deal", deal_id=deal)
    do(cast.olivia, "deals.archive_deal", deal_id=deal)
    assert sums(firm)[1] == 1


def test_sums_are_for_who_sees_all_that_they_count(cast: Cast, firm: int) -> None:
    keys = {"contact_count", "open_deal_count", "open_deal_value"}
    assert keys <= do(cast.olivia, "companies.get_company", company_id=firm).keys()
    assert keys <= do(cast.vera, "companies.list_companies")["data"][0].keys()
    assert not keys & do(cast.alice, "companies.get_company", company_id=firm).keys()
    assert not keys & do(cast.alice, "companies.list_companies")["data"][0].keys()


def test_the_primary_company_follows_the_roles(cast: Cast, firm: int) -> None:
    other = do(cast.olivia, "companies.create_company", name="Society")["id"]
    ada = do(cast.olivia, "contacts.create_contact", first_name="Ada", company_id=firm)["id"]
    do(
        cast.olivia,
        "contacts.put_company_role",
        contact_id=ada,
        company_id=other,
        role="Fellow",
        is_primary=True,
    )
    assert Contact.objects.values_list("company_id", "company_name").get(pk=ada) == (other, "Society")
    do(cast.olivia, "contacts.delete_company_role", contact_id=ada, company_id=other)
    assert Contact.objects.values_list("company_id", "company_name").get(pk=ada) == (firm, "Engines")


def test_upsert_by_domain_creates_once_and_then_changes(cast: Cast) -> None:
    def upsert(**values: str) -> Any:
        return do(cast.alice, "companies.upsert_company", match="domain", values=values)

    with pytest.raises(InvalidInput, match="name"):
        upsert(domain="engines.example")
    made = upsert(domain="Engines.example", name="Engines")
    changed = upsert(domain="engines.example", city="London")
    assert (made["created"], changed["created"]) == (True, False)
    assert (changed["id"], changed["name"], changed["city"]) == (made["id"], "Engines", "London")
