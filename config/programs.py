"""The processes of a deployment and the commands that start them; any number of each may run anywhere."""

import sys
from pathlib import Path

from config import env

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(env.text("VAR_DIR") or ROOT / "var").absolute()
CELERY = ["-m", "celery", "--quiet", "--app", "config.celery"]
WORKER = ["worker", "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=INFO"]
# Beat's tick has no state, so it keeps no file.
BEAT = ["beat", "--scheduler=celery.beat:Scheduler", "--loglevel=WARNING"]


def programs() -> dict[str, list[str]]:
    """Arguments of Python by process name; the second relay stands by for the first."""
    return {
        "web": ["-m", "config.web"],
        "worker": [*CELERY, *WORKER, f"--concurrency={env.integer('WORKER_CONCURRENCY', 2)}"],
        "beat": [*CELERY, *BEAT],
        "relay": ["manage.py", "relay"],
        "relay-2": ["manage.py", "relay"],
        "driver": ["manage.py", "driver"],
    }


def command(name: str) -> list[str]:
    """The full command of one process, tied to the life of whoever starts it."""
    return [sys.executable, "-m", "config.child", *programs()[name]]
