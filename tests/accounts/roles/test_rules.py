"""One rule answers "which rows?" and "may I?": both alike, for every access and every way a record can be owned."""

from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import Q

from accounts.permissions import Access
from accounts.roles.policy import RecordRule

ME, OTHER = 7, 8
MINE, FURTHER, STRANGE = 1, 2, 3
RULES = {
    "all": RecordRule(Access.ALL),
    "team": RecordRule(Access.TEAM, team_ids=(MINE,)),
    "teams": RecordRule(Access.TEAM, team_ids=(MINE, FURTHER)),
    "own": RecordRule(Access.OWN, owner_id=ME),
    "none": RecordRule(Access.NONE),
}
RECORDS = list(product((ME, OTHER, None), (MINE, FURTHER, STRANGE, None)))


def admitted(rule: str) -> set[tuple[int | None, int | None]]:
    """(owner, team) of the records that the rule admits."""
    found: Any = RULES[rule]
    return {pair for pair in RECORDS if found.admits(SimpleNamespace(owner_id=pair[0], team_id=pair[1]))}


def test_what_each_access_admits() -> None:
    assert admitted("all") == set(RECORDS)
    assert admitted("team") == {pair for pair in RECORDS if pair[1] == MINE}
    assert admitted("teams") == {pair for pair in RECORDS if pair[1] in (MINE, FURTHER)}
    assert admitted("own") == {pair for pair in RECORDS if pair[0] == ME}
    assert admitted("none") == set()  # not even what nobody owns


@pytest.mark.parametrize(
    ("rule", "filter"),
    [
        ("all", None),
        ("team", Q(deal__team_id=MINE)),
        ("teams", Q(deal__team_id__in=(MINE, FURTHER))),
        ("own", Q(deal__owner_id=ME)),
        ("none", Q(deal__pk__in=[])),
    ],
)
def test_the_filter_says_the_same(rule: str, filter: Q | None) -> None:
    assert RULES[rule].q("deal__") == filter
