"""The tests' PostgreSQL in main memory, where there is plenty: a copy of a database is 2,000 files.

On a disk's file system that takes between a tenth of a second and two of CPU, in memory a tenth; and a run makes some
seventy copies.
"""

import contextlib
import hashlib
import shutil
from pathlib import Path

from config import unprivileged
from config.embedded import Folder

SHARED_MEMORY = Path("/dev/shm")
MEMINFO = Path("/proc/meminfo")
GROUP = Path("/sys/fs/cgroup")
LIMIT_1, TAKEN_1 = "memory.limit_in_bytes", "memory.usage_in_bytes"
#: Bytes: a run's databases and their log take at most a quarter of it, its browsers and processes need some, too.
PLENTY = 6 * 1024**3


def use_memory(folder: Folder) -> None:
    """Let a folder that has no data yet keep it in memory; where that can't be, all stays as it is.

    What is there stays until the machine starts again, as on a disk: a folder of the same path takes its place.
    """
    data = folder.path / "data"
    with folder.locked(), contextlib.suppress(OSError):
        if data.exists():
            return
        data.unlink(missing_ok=True)  # a link to what a start of the machine has emptied
        if free() < PLENTY:
            return
        name = hashlib.sha256(bytes(data)).hexdigest()[:12]
        place = SHARED_MEMORY / f"crm-tests-{name}"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=0o711)
        unprivileged.give(place)
        data.symlink_to(place)


def free() -> int:
    """Bytes that shared memory can take, by its own size, the machine's memory and the limit of our group.

    Raises OSError where there is no such thing.
    """
    lines = dict(line.split(":") for line in MEMINFO.read_text().splitlines())
    machine = int(lines["MemAvailable"].split()[0]) * 1024
    return min(shutil.disk_usage(SHARED_MEMORY).free, machine, left_of_group())


def left_of_group() -> int:
    """Bytes that the control group (of either version) may still take; more than any machine has if it has no limit."""
    for limit, taken in (("memory.max", "memory.current"), (f"memory/{LIMIT_1}", f"memory/{TAKEN_1}")):
        if (GROUP / limit).exists():
            text = (GROUP / limit).read_text().strip()
            return 2**60 if text == "max" else int(text) - int((GROUP / taken).read_text())
    return 2**60
