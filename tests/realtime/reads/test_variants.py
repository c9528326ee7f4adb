"""The same rows asked for in other words have the same conditions."""

from typing import Any

import pytest
from django.db.models import Q, Value

from crm.contacts.models import Contact
from realtime.reads import track

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acme")]

CONTACTS = Contact.objects.all()
AND = ((("owner_id", (1,)), ("team_id", (2, 3))),)
OR = ((("owner_id", (1,)),), (("team_id", (2, 3)),))


def terms_of(queryset: Any) -> Any:
    with track() as tracker:
        list(queryset)
    (read,) = tracker.read_set.reads
    return read.terms


@pytest.mark.parametrize(
    "queryset",
    [
        CONTACTS.filter(owner=1, team__in=[2, 3]),
        CONTACTS.filter(team__in=[3, 2, 2], owner_id="1"),
        CONTACTS.filter(owner=1).filter(team__in=[2, 3]),
        CONTACTS.filter(Q(team__in=[2, 3]) & Q(owner=1)),
        CONTACTS.filter(owner=1, team__in=[2, 3], pk__gte=0),
        CONTACTS.filter(owner=1, team__in=[2, 3, None]).exclude(pk__in=[]),
        CONTACTS.filter(owner=1, team__in=[2, 3], owner__in=[1, 2]),
        CONTACTS.filter(owner=1, team__in=[2, 3]).only("id"),
        CONTACTS.filter(owner=1, team__in=[2, 3]).defer("background"),
        CONTACTS.filter(owner=1, team__in=[2, 3]).annotate(one=Value(1)).order_by("-one", "full_name"),
        CONTACTS.filter(owner=1, team__in=[2, 3])[:1_000_000],
        CONTACTS.filter(owner=1, team__in=[2, 3]).select_for_update(),
    ],
)
def test_both_hold(queryset: Any) -> None:
    assert terms_of(queryset) == AND


@pytest.mark.parametrize(
    "condition",
    [
        Q(owner=1) | Q(team__in=[2, 3]),
        Q(Q(owner=1) | Q(pk__in=[])) | Q(team__in=[2, 3]),
        (Q(owner=1) | Q(team__in=[2, 3])) & Q(version__gte=0),
    ],
    ids=str,
)
def test_one_holds(condition: Q) -> None:
    assert terms_of(CONTACTS.filter(condition)) == OR
