"""What is counted of automations: begun, under way already, stopped by the loop guard."""

import pytest

from crm.automations.beginning import LONGEST_CHAIN, begin
from crm.automations.models import Automation
from realtime import metrics
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.automations.conftest import Make

pytestmark = pytest.mark.django_db


def counted() -> dict[str, float]:
    return {
        word: metrics.automation_begins.labels(word)._value.get() for word in ("begun", "joined", "guarded")
    }


def test_beginnings_are_counted_by_what_came_of_them(make: Make, cast: Cast) -> None:
    automation = Automation.objects.get(
        pk=make({"kind": "by_hand", "object": "contact"}, {"kind": "wait", "days": 1})
    )
    contact = call("contacts.create_contact", cast.olivia.context(), {"first_name": "Ada"})["id"]
    before = counted()
    assert begin(automation, contact) is not None
    assert begin(automation, contact) is None
    assert begin(automation, contact, [automation.pk]) is None
    assert begin(automation, contact, list(range(1000, 1000 + LONGEST_CHAIN))) is None
    after = counted()
    assert {word: after[word] - before[word] for word in after} == {"begun": 1, "joined": 1, "guarded": 2}
