"""Which worker runs which files, and when: a file is run by one worker, the longest files first.

What takes minutes begins at once, so that no core waits for it at the end. ``tests/longest.txt`` names the files that
take more than a few seconds; ``--write-longest`` writes it anew from the run at hand. The tests of ``realtime/live``
share one deployment, and so a worker.
"""

import contextlib
import gc
import importlib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

LONGEST = Path(__file__).with_name("longest.txt")
#: Seconds from which on a file is named.
LONG = 3.0
TOGETHER = "tests/realtime/live"
BROWSER = "tests/browser/"
#: Of these each has servers of its own, or none.
APART = {"test_chaos.py", "test_failures.py", "test_fairness.py"}


def unit_of(nodeid: str) -> str:
    """What a test is run together with: its file, or the folder whose files share servers."""
    path, _, file = nodeid.split("::", 1)[0].rpartition("/")
    return path if path == TOGETHER and file not in APART else f"{path}/{file}"


def block_of(unit: str) -> str:
    """What a worker does best in one go: files in a browser share it as long as nothing comes between them."""
    return BROWSER if unit.startswith(BROWSER) else unit


class LongestFirst(LoadScopeScheduling):
    """Hands out whole units, in the order of the collection."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-longest", action="store_true", help=f"write {LONGEST.name} from this run")


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Before a worker collects, it imports the test modules, each worker beginning at another one.

    On a fresh machine pytest rewrites each module's asserts once and keeps the result: so each worker rewrites its
    share, and finds the rest done. Who collects alone, or a few files only, goes without.
    """
    given = getattr(collector.config, "workerinput", None)
    if not given or not isinstance(collector, pytest.Session) or collector.config.args != ["tests"]:
        return
    root = LONGEST.parent.parent
    modules = sorted(
        ".".join(path.relative_to(root).with_suffix("").parts) for path in LONGEST.parent.rglob("test_*.py")
    )
    first = len(modules) * int(given["workerid"].removeprefix("gw")) // given["workercount"]
    for module in modules[first:] + modules[:first]:
        with contextlib.suppress(Exception):  # the collection says what is wrong with it
            importlib.import_module(module)


def pytest_collection_finish() -> None:
    """What is there now stays to the end: the garbage collector need not walk through it time and again."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker the named units in their order, then the others as they were."""
    if not hasattr(config, "workerinput"):
        return
    order = {unit: number for number, unit in enumerate(LONGEST.read_text().splitlines())}
    items.sort(key=lambda item: order.get(unit_of(item.nodeid), len(order)))


class Seconds:
    """Adds up how long each unit takes."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.taken[unit_of(report.nodeid)] += report.duration  # type: ignore[assignment]  # Counters add up seconds, too

    def pytest_sessionfinish(self) -> None:
        blocks: Counter[str] = Counter()
        for unit, taken in self.taken.items():
            blocks[block_of(unit)] += taken  # type: ignore[assignment]  # Counters add up seconds, too
        units = [unit for unit, taken in self.taken.most_common() if taken >= LONG]
        units.sort(key=lambda unit: -blocks[block_of(unit)])
        LONGEST.write_text("".join(f"{unit}\n" for unit in units))


class Distribution:
    """Present with xdist only."""

    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> LongestFirst:
        config.option.loadscopereorder = False
        return LongestFirst(config, log)


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    if config.getoption("--write-longest"):
        config.pluginmanager.register(Seconds())
    if config.pluginmanager.hasplugin("dsession") or config.getoption("dist", "no") != "no":
        config.pluginmanager.register(Distribution())
