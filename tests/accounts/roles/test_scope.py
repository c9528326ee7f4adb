"""A member's scope is the same however it is found: piece by piece under a tracker, or at once."""

import pytest

from accounts.credentials import Proof
from accounts.roles.models import FieldPermission, Member, Role, Team, TeamMember
from accounts.roles.scope import member_scope
from realtime.functions import Unauthenticated
from realtime.reads.tracker import track
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("acme")


def both_ways(member_id: int) -> list[object]:
    with track():
        found = member_scope(member_id, Proof())
    return [found, member_scope(member_id, Proof())]


@pytest.mark.parametrize("name", ["olivia", "adam", "lea", "alice", "bob", "vera"])
def test_both_ways_find_the_same(cast: Cast, name: str) -> None:
    role = Role.objects.get(key="agent")
    FieldPermission.objects.create(role=role, object="contact", field="email", level="hidden")
    one, other = both_ways(getattr(cast, name).member_id)
    assert one == other
    assert one.allows("contact.view")


def test_records_belong_to_the_team_that_was_joined_first(cast: Cast) -> None:
    older = Team.objects.create(name="Elder")
    young, old = cast.teams["North"], older.pk
    TeamMember.objects.filter(member_id=cast.alice.member_id).delete()
    for team_id in (old, young):
        TeamMember.objects.create(team_id=team_id, member_id=cast.alice.member_id)
    for found in both_ways(cast.alice.member_id):
        assert found.home_team_id == old > young
        assert found.team_ids == (young, old)


def test_a_member_who_left_has_none(cast: Cast) -> None:
    Member.objects.filter(pk=cast.bob.member_id).update(is_active=False)
    with pytest.raises(Unauthenticated):
        member_scope(cast.bob.member_id, Proof())
    with track(), pytest.raises(Unauthenticated):
        member_scope(cast.bob.member_id, Proof())
    with pytest.raises(Unauthenticated):
        member_scope(10_000, Proof())
