"""When waits end and emails may go out, on clocks that change, and whose clock it is."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from crm.contacts.models import Address, Contact
from crm.sequences.definition import Wait
from crm.sequences.models import Sequence
from crm.sequences.times import end_of_wait, opening, window
from crm.sequences.zones import zone_of_contact
from tests.cast import ACME, Cast
from tests.crm.sequences.conftest import contact
from workflows import BusinessHours

BERLIN = BusinessHours("Europe/Berlin")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("wait", "start", "end"),
    [
        ({"days": 1}, "2026-03-06T10:00", "2026-03-09T10:00"),  # Friday to Monday
        ({"days": 2}, "2026-03-07T10:00", "2026-03-11T08:00"),  # begins when the window opens on Monday
        (
            {"hours": 10},
            "2026-03-05T14:00",
            "2026-03-06T16:00",
        ),  # two hours, a Friday of eight
        ({"days": 1, "business": False}, "2026-03-28T11:00", "2026-03-29T10:00"),  # the clocks go forward
        ({"days": 1, "until": "09:30"}, "2026-03-05T14:00", "2026-03-09T08:30"),
        ({"until": "09:30"}, "2026-03-05T14:00", "2026-03-06T08:30"),
        ({"until": "16:00", "business": False}, "2026-03-07T10:00", "2026-03-07T15:00"),
        ({"hours": 8}, "2026-03-05T08:00", "2026-03-05T16:00"),  # to the window's last moment
    ],
)
def test_waits(wait: dict[str, Any], start: str, end: str) -> None:
    assert end_of_wait(Wait(kind="wait", **wait), utc(start), BERLIN) == utc(end)


@pytest.mark.parametrize(
    ("closes", "begins"), [("23:59", "23:59:59.9"), ("23:59:59", "23:59:59.9"), ("23:58", "00:00")]
)
def test_the_last_minute_is_the_end_of_the_day(closes: str, begins: str) -> None:
    sequence = Sequence(opens_at=time(0), closes_at=time.fromisoformat(closes), days=list(range(7)))
    moment = utc("2026-03-05T23:59:59.9")
    assert window(sequence, "UTC").next_open(moment).time() == time.fromisoformat(begins)


def test_a_wait_that_says_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="how long"):
        Wait(kind="wait")


def test_the_window_of_a_day_opens_on_the_contacts_clock() -> None:
    auckland = BusinessHours("Pacific/Auckland")
    assert opening(date(2026, 3, 9), utc("2026-03-06T10:00"), auckland) == utc("2026-03-08T20:00")
    assert opening(date(2026, 3, 9), utc("2026-03-08T22:00"), auckland) == utc("2026-03-08T22:00")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("country", "phone", "zone"),
    [
        ("FR", "", "Europe/Paris"),
        ("DE", "", "Europe/Berlin"),
        ("FR", "+14155550123", "Europe/Paris"),
        ("US", "+14155550123", "America/Los_Angeles"),
        ("", "+4930123456", "Europe/Berlin"),
        ("US", "", "UTC"),
        ("", "+18005550123", "UTC"),
    ],
)
def test_whose_clock_it_is(country: str, phone: str, zone: str, acme: str, cast: Cast) -> None:
    pk = contact(cast.alice, "Ada", **({"phone": phone} if phone else {}))
    if country:
        Address.objects.create(contact_id=pk, country=country, is_primary=True)
    assert zone_of_contact(ACME, Contact.objects.get(pk=pk)) == zone
