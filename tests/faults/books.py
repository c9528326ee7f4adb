"""What must hold when workers have died and others have finished."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.faults.workers import Workers
from tests.workflows import example
from workflows.checks import check_journals
from workflows.models import Due
from workflows.runs.models import Run, StepRun
from workflows.runs.upkeep import repair_stranded
from workflows.testing import advance, expire_leases


def finish(crew: Workers, runs: int, count: int = 1, help_them: Callable[[], None] = lambda: None) -> None:
    """Let other workers do what is left, however long its leases and timers are."""
    for _ in range(8):
        expire_leases()
        help_them()
        for pid in [crew.begin() for _ in range(count)]:
            assert crew.end_of(pid) == 0
        if Run.objects.filter(status="completed").count() == runs:
            return
        advance(example.timedelta(minutes=1))
    raise AssertionError(list(Run.objects.values("id", "workflow", "status", "error", "note")))


def check_books(names: list[str], ledger: Path) -> None:
    """The invariants: every effect once, every call under one key, nothing left over, journals that replay."""
    wanted = Counter(title for name in names for title in example.expected(name))
    assert Counter(example.titles()) == wanted  # I1
    calls = Counter(line.split()[0] for line in ledger.read_text().splitlines())
    assert len(calls) == 2 * len(names)  # I2: each action under a key of its own, whatever the attempts
    assert not Due.objects.filter(kind="run").exists()  # I3, I4
    assert repair_stranded() == []
    assert check_journals() == []  # I6
    for run_id in Run.objects.values_list("id", flat=True):
        steps = StepRun.objects.filter(run=run_id, kind="mutation").order_by("seq")
        ids = [result["id"] for result in steps.values_list("result", flat=True)]
        assert ids == sorted(ids)  # I11: the journal's order is that of the effects
