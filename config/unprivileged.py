"""Running servers that refuse to be root: an unprivileged uid, and folders that it can reach.

PostgreSQL will not start as root. No account is made for it: a bare number is enough for the kernel. What
that number can't reach (an environment or a project inside a closed home) is copied to, or kept in, an open
place.
"""

import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: Of the range that neither distributions nor systemd hand out (60578 to 61183).
UID = 60700
CACHE = Path("/var/cache/crm-embedded")
STORE = Path("/var/lib/crm-embedded")


def is_root() -> bool:
    """Whether this process would have to give up its rights for PostgreSQL."""
    return os.geteuid() == 0


def popen_options(uid: int = UID) -> dict[str, Any]:
    """Arguments of ``subprocess`` that start a program without root's rights and groups."""
    return {"user": uid, "group": uid, "extra_groups": []} if is_root() else {}


def named_uid() -> int:
    """An unprivileged uid with an account, for programs that insist on a name (initdb does)."""
    return min((user.pw_uid for user in pwd.getpwall() if user.pw_name == "nobody"), default=65534)


def give(folder: Path, uid: int = UID) -> None:
    """Hand a folder with all that is in it to the uid; without root's rights it is ours already."""
    if is_root():
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, uid, uid, follow_symlinks=False)


def reaches(test: str, path: Path) -> bool:
    """Whether the unprivileged uid passes ``test -r|-x|-w path``; the kernel answers, so ACLs count too."""
    return (
        subprocess.call(["/bin/sh", "-c", f'test {test} "$1"', "sh", path], cwd="/", **popen_options()) == 0
    )


def private_folder(path: Path) -> Path:
    """``path`` as a folder of the unprivileged uid; a link to an open place when it can't get there."""
    if path.is_dir():
        return path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    if is_root() and not reaches("-x", path.parent):
        store = STORE / secrets.token_hex(8)
        store.mkdir(parents=True)
        path.unlink(missing_ok=True)
        path.symlink_to(store)
    path.mkdir(exist_ok=True)
    folder = path.resolve()
    folder.chmod(0o711)
    give(folder)
    return folder


def open_copy(name: str, copy: Callable[[Path], None]) -> Path:
    """The folder ``name`` of the open cache, filled once by ``copy``; a rename makes it appear complete."""
    folder = CACHE / name
    if not folder.is_dir():
        unfinished = CACHE / f"{name}.{os.getpid()}"
        unfinished.mkdir(parents=True)
        copy(unfinished)
        for path in [CACHE, unfinished, *unfinished.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        try:
            unfinished.rename(folder)
        except OSError:  # another process was quicker
            shutil.rmtree(unfinished)
    return folder
