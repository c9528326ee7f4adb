"""Facts about processes, ours or not: alive, gone, what they last said."""

import os
import subprocess
import time
from pathlib import Path


def is_alive(pid: int) -> bool:
    """Whether the process runs; a child that ended is reaped, and a zombie does not count; 0 is none."""
    if pid <= 0:
        return False
    try:
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return False
    except ChildProcessError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not is_zombie(pid)


def is_zombie(pid: int) -> bool:
    """Whether the process only waits for a parent that does not look (a container without init)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, IndexError):
        return False


def program_name(pid: int) -> str:
    """The name of the program that the process runs."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except FileNotFoundError:
        ps = subprocess.run(
            ["ps", "-o", "comm=", "-p", str(pid)], check=False, capture_output=True, text=True
        )
        return ps.stdout.strip()


def wait_until_gone(pid: int, seconds: float) -> bool:
    """Whether the process ended within the given time."""
    end = time.monotonic() + seconds
    while is_alive(pid):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def last_lines(file: Path, count: int = 15) -> str:
    """The end of a log."""
    return "\n".join(file.read_text(errors="replace").splitlines()[-count:]) if file.exists() else ""
