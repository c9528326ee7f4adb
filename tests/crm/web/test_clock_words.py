"""Times that come again in words, in both languages, and as the fields of a form and back."""

from datetime import time
from typing import Any

import pytest
from django.utils.translation import override

from crm.web.clock_words import clock_in_words, cron_of_rhythm, length_in_words, rhythm_of


@pytest.mark.parametrize(
    ("cron", "said", "german"),
    [
        ("0 9 * * *", "Every day · 09:00", "Jeden Tag · 09:00"),
        ("30 7 * * mon-fri", "Monday to Friday · 07:30", "Montag bis Freitag · 07:30"),
        ("0 9,17 * * mon,thu", "Monday, Thursday · 09:00, 17:00", "Montag, Donnerstag · 09:00, 17:00"),
        ("0 9 * * 0", "Sunday · 09:00", "Sonntag · 09:00"),
        ("0 9 * * 5-7", "Friday to Sunday · 09:00", "Freitag bis Sonntag · 09:00"),
        ("0 9 1 * *", "Day 1 of the month · 09:00", "Am 1. des Monats · 09:00"),
        ("0 9 1,15 * *", "Days 1, 15 of the month · 09:00", "Am 1, 15. des Monats · 09:00"),
        ("0 0 1 1 *", "Day 1 of the month · 00:00 · January", "Am 1. des Monats · 00:00 · Januar"),
        ("*/15 * * * *", "Every day · every 15 minutes", "Jeden Tag · alle 15 Minuten"),
        ("5 * * * sat", "Saturday · every hour at :05", "Samstag · jede Stunde um :05"),
        ("* * * * *", "Every day · every minute", "Jeden Tag · jede Minute"),
        # Words would say no less, or not the same.
        ("*/10 9-17 * * *", "*/10 9-17 * * *", "*/10 9-17 * * *"),
        ("0 9 1 * mon", "0 9 1 * mon", "0 9 1 * mon"),
        ("0 9 * * fri#2", "0 9 * * fri#2", "0 9 * * fri#2"),
        ("0 9 l * *", "0 9 l * *", "0 9 l * *"),
        ("never", "never", "never"),
    ],
)
def test_in_words(cron: str, said: str, german: str) -> None:
    with override("en"):
        assert clock_in_words(cron) == said
    with override("de"):
        assert clock_in_words(cron) == german


@pytest.mark.parametrize(
    ("cron", "fields"),
    [
        ("0 9 * * *", {"often": "daily", "at": "09:00"}),
        ("30 17 * * 1-5", {"often": "workdays", "at": "17:30"}),
        ("5 9 * * wed,mon", {"often": "weekly", "at": "09:05", "weekdays": ["mon", "wed"]}),
        ("0 6 31 * *", {"often": "monthly", "at": "06:00", "day": 31}),
        ("0 9 1 1 *", {"often": "other", "cron": "0 9 1 1 *"}),
        ("0 9,12 * * *", {"often": "other", "cron": "0 9,12 * * *"}),
        ("*/5 * * * *", {"often": "other", "cron": "*/5 * * * *"}),
        ("0 9 1 * mon", {"often": "other", "cron": "0 9 1 * mon"}),
    ],
)
def test_as_fields_and_back(cron: str, fields: dict[str, Any]) -> None:
    found = rhythm_of(cron)
    assert {name: found[name] for name in fields} == fields
    sent = {**found, "at": time.fromisoformat(found["at"])}
    assert rhythm_of(cron_of_rhythm(sent)) == rhythm_of(cron) | {"cron": cron_of_rhythm(sent)}


def test_lengths() -> None:
    assert length_in_words(days=1, hours=0, minutes=30) == "1 day 30 minutes"
    assert (length_in_words(days=2), length_in_words(days=0)) == ("2 days", "–")
