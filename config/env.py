"""Typed readers of environment variables; the only place that touches ``os.environ``."""

import os
from urllib.parse import parse_qsl, unquote, urlsplit


class BadSetting(Exception):
    """An environment variable holds something that can't be used; the message says what to do."""


def text(name: str, default: str = "") -> str:
    """The variable as text; empty counts as absent."""
    return os.environ.get(name) or default


def provide(name: str, default: str) -> str:
    """The variable, set to the default for this process and its children if it is absent."""
    return os.environ.setdefault(name, default)


def flag(name: str, default: bool = False) -> bool:
    """The variable as a yes or no: 1/0, true/false, yes/no, on/off."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(f"{name}={value!r}: write 1 or 0.")


def integer(name: str, default: int) -> int:
    """The variable as a whole number."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise BadSetting(f"{name}={value!r}: write a whole number.") from None


def words(name: str, default: str = "") -> list[str]:
    """The variable as a comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(name: str) -> dict[str, object]:
    """A ``postgresql://user:password@host:port/name?option=value`` address as Django's settings keys."""
    address = text(name)
    if not address:
        return {}
    parts = urlsplit(address)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise BadSetting(f"{name}: write postgresql://user:password@host:port/database.")
    options = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }
