"""DBOS Transact's side of the workflow measurements: ``python -m bench.durable.theirs PART``; prints JSON lines."""

import asyncio
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from dbos import DBOS, SetEnqueueOptions, SetWorkflowID

DBOS(
    config={
        "name": "bench",
        "system_database_url": os.environ["DBOS_URL"].replace("postgresql://", "postgresql+psycopg://"),
        "application_version": "1",
        "executor_id": "bench",
        "log_level": "ERROR",
    }
)


@DBOS.step()
def tick(number: int) -> int:
    """Do nothing, durably."""
    return number


@DBOS.workflow()
def three() -> None:
    """Three steps."""
    for number in range(3):
        tick(number)


@DBOS.workflow()
def many(count: int) -> None:
    """Step after step."""
    for number in range(count):
        tick(number)


@DBOS.step()
async def tick_async(number: int) -> int:
    """Do nothing, durably."""
    return number


@DBOS.workflow()
async def one() -> None:
    """One step."""
    await tick_async(1)


@DBOS.workflow()
async def flight(seconds: int) -> None:
    """A step, a short wait, two steps."""
    await tick_async(0)
    await DBOS.sleep_async(seconds)
    await tick_async(1)
    await tick_async(2)


def say(**figures: Any) -> None:
    """A line for the reader on the other end."""
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()


def steps(count: int, threads: int) -> None:
    """Three-step workflows from so many threads, for what that is worth."""
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda _: three(), range(20)))
        say(ready=True)
        begun = time.perf_counter()
        list(pool.map(lambda _: three(), range(count)))
    say(seconds=time.perf_counter() - begun)


def lone(count: int) -> None:
    """One workflow of many steps."""
    many(20)
    say(ready=True)
    begun = time.perf_counter()
    many(count)
    say(seconds=time.perf_counter() - begun)


def starts(count: int) -> None:
    """Durable starts, one after the other."""
    say(ready=True)
    begun = time.perf_counter()
    handles = [DBOS.start_workflow(three) for _ in range(count)]
    say(seconds=time.perf_counter() - begun)
    for handle in handles:
        handle.get_result()


def flights(count: int, seconds: int) -> None:
    """Workflows that are asleep in this process when it is killed."""

    async def begin() -> None:
        for number in range(count):
            with SetWorkflowID(f"flight-{number}"):
                await DBOS.start_workflow_async(flight, seconds)
        say(begun=True)
        await asyncio.sleep(600)

    asyncio.run(begin())


def rest() -> None:
    """Live on: what was found at the start is recovered in the background."""
    say(pid=os.getpid())
    time.sleep(600)


def timers(count: int, seconds: float) -> None:
    """Delayed starts that fall due at one instant, on a queue with its defaults."""
    DBOS.register_queue("timers", polling_interval_sec=0.1)
    at = time.time() + seconds

    def enqueue(_number: int) -> None:
        with SetEnqueueOptions(delay_seconds=max(at - time.time(), 0.01)):
            DBOS.enqueue_workflow("timers", one)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(enqueue, range(count)))
    say(at=at, filled=time.time())
    time.sleep(600)


PARTS = {"steps": steps, "lone": lone, "starts": starts, "flights": flights, "rest": rest, "timers": timers}


def main() -> None:
    """Run the part that the arguments name."""
    part, *arguments = sys.argv[1:]
    DBOS.launch()
    PARTS[part](*[json.loads(text) for text in arguments])
    DBOS.destroy()


if __name__ == "__main__":
    main()
