"""The secret key of a deployment that was given none: made once, kept under ``var/``."""

import os
import secrets
from pathlib import Path


def stored_secret_key(var: Path) -> str:
    """The key in ``var/secret-key``, created on first use (mode 0600); O_EXCL decides a race."""
    path = var / "secret-key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
    return key
