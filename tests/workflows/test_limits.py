"""At most so many runs at once: of a workflow in a tenant, or for each value of an argument; in their order."""

from datetime import timedelta

import pytest

from accounts.tenancy import tenant_context
from tests.cast import GLOBEX, Cast
from tests.workflows.example import note, titles
from workflows import Step, cancel, control, start, workflow
from workflows.drain import drain
from workflows.models import Due
from workflows.runs.models import Place, Run
from workflows.runs.upkeep import repair_stranded, tend_places
from workflows.testing import advance

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def limited(own_workflows: None) -> None:
    """Two workflows that take an hour: two at once in the tenant, one at once for each name."""

    @workflow("test.two", limit=2)
    def two(step: Step, *, owner_id: int, name: str) -> None:
        """Begin, wait, end."""
        note(step, owner_id, f"{name} begins")
        step.sleep(HOUR)

    @workflow("test.each", limit=1, limit_key="name")
    def each(step: Step, *, owner_id: int, name: str, number: int) -> None:
        """Begin, wait, end."""
        note(step, owner_id, f"{name} {number}")
        step.sleep(HOUR)


def begin(owner: int, count: int = 5) -> list[int]:
    """So many runs of ``test.two``, begun as far as may be."""
    runs = [start("test.two", {"owner_id": owner, "name": f"r{number}"}) for number in range(count)]
    drain()
    return runs


def go_by(by: timedelta = HOUR) -> None:
    advance(by)
    drain()


def test_so_many_at_once_and_the_others_in_their_order(owner: int) -> None:
    begin(owner)
    assert titles() == ["r0 begins", "r1 begins"]
    assert Due.objects.filter(kind="run").count() == 2  # who waits for a place costs nothing
    go_by()
    assert titles()[2:] == ["r2 begins", "r3 begins"]
    go_by()
    go_by()
    assert titles()[4:] == ["r4 begins"]
    assert set(Run.objects.values_list("status", flat=True)) == {"completed"}
    assert not Place.objects.exists()


def test_each_value_of_the_argument_has_its_own_places(owner: int) -> None:
    for number in range(2):
        for name in ("a", "b"):
            start("test.each", {"owner_id": owner, "name": name, "number": number})
    drain()
    assert titles() == ["a 0", "b 0"]
    go_by()
    assert titles()[2:] == ["a 1", "b 1"]


def test_each_tenant_has_its_own_places(owner: int, cast: Cast) -> None:
    begin(owner)
    with tenant_context(GLOBEX):
        begin(cast.charlie.member_id, 1)
        assert titles() == ["r0 begins"]


def test_a_cancelled_run_gives_its_place_on(owner: int) -> None:
    first, _second, third, *_ = begin(owner)
    cancel(third)
    cancel(first)
    drain()
    assert Run.objects.get(pk=third).status == "cancelled"
    assert titles() == ["r0 begins", "r1 begins", "r3 begins"]


def test_a_paused_run_keeps_its_place_and_one_that_waits_loses_its_turn_only(owner: int) -> None:
    first, _second, third, *_ = begin(owner)
    control.pause(first)
    control.pause(third)
    go_by()  # the second ends
    assert titles()[2:] == ["r3 begins"]
    control.resume(third)
    drain()
    assert len(titles()) == 3
    control.resume(first)
    drain()
    assert titles()[3:] == ["r2 begins"]


def test_a_failed_run_frees_its_place_and_waits_for_another_when_it_is_tried_again(owner: int) -> None:
    @workflow("test.fails", limit=1)
    def fails(step: Step, *, number: int) -> None:
        """Fail, or wait."""
        if not number:
            raise ValueError("no luck")
        step.sleep(HOUR)

    failed, other = (start("test.fails", {"number": number}) for number in range(2))
    drain()
    assert list(Place.objects.values_list("run_id", flat=True)) == [other]
    control.retry_from(failed)
    drain()
    assert Run.objects.get(pk=failed).status == "waiting"
    go_by()
    assert Run.objects.get(pk=failed).status == "failed"


def test_places_of_deleted_runs_are_found_and_no_waiting_run_is_taken_for_stranded(owner: int) -> None:
    runs = begin(owner)
    Run.objects.filter(pk__in=runs[:2]).delete()
    Due.objects.filter(ref__in=runs[:2]).delete()
    assert repair_stranded() == []
    tend_places()
    drain()
    assert titles()[2:] == ["r2 begins", "r3 begins"]


def test_without_its_limit_all_go_on(owner: int) -> None:
    from workflows import registry

    begin(owner)
    registry._workflows["test.two"][1].limit = None
    go_by()
    drain()
    assert len(titles()) == 5


def test_a_limit_that_makes_no_sense_is_refused() -> None:
    def body(step: Step) -> None:
        """Nothing."""

    with pytest.raises(TypeError, match="limit_key names an argument"):
        workflow("test.bad", limit=1, limit_key="owner")(body)
    with pytest.raises(ValueError, match="1 or more"):
        workflow("test.bad", limit=0)(body)
