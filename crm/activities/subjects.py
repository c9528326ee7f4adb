"""The record that an activity stands on: its title, its page, and what an activity takes over from it."""

from typing import Any

from crm.records.models import Record

#: Word of a record -> where its page is.
PAGES = {"contact": "/contacts/{}/", "deal": "/deals/{}/", "company": "/companies/{}/", "task": "/tasks/{}/"}
#: Word of a record -> the column that says what it is called.
TITLES = {"contact": "full_name", "deal": "title", "company": "name", "task": "title"}


def word_of(record: Record) -> str:
    """The word of the record's kind."""
    return record._meta.model_name or ""


def page_of(record: Record) -> str:
    """The path of the record's page."""
    return PAGES[word_of(record)].format(record.pk)


def title_of(record: Record) -> str:
    """What the record is called."""
    return str(getattr(record, TITLES[word_of(record)]))


def standing_on(record: Any) -> dict[str, Any]:
    """An activity's columns that come from its record: a deal's activity is its contact's, too."""
    word = word_of(record)
    links = {"contact_id": record.contact_id} if word == "deal" else {}
    return {
        "subject": word,
        f"{word}_id": record.pk,
        **links,
        "owner_id": record.owner_id,
        "team_id": record.team_id,
    }
