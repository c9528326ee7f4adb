"""The tables of records: each object's search, page and words."""

from crm.companies.searching import search_companies
from crm.contacts.searching import search_contacts
from crm.deals.searching import search_deals
from crm.tasks.searching import search_tasks
from realtime.functions.registry import AnyFunction

SEARCHES: dict[str, AnyFunction] = {
    "contact": search_contacts,
    "company": search_companies,
    "deal": search_deals,
    "task": search_tasks,
}
