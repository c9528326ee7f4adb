"""JSON of results and arguments: dates as ISO 8601 in UTC with Z, money as text (never a binary float),
bytes as Base64."""

from base64 import b64encode
from decimal import Decimal
from typing import Any

import orjson
from pydantic import BaseModel

OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def _default(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_unset=True)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, bytes):
        return b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def encode_json(value: object, *, sort_keys: bool = False) -> bytes:
    """The value as UTF-8 JSON; with sorted keys equal values give equal bytes."""
    return orjson.dumps(value, _default, OPTIONS | (orjson.OPT_SORT_KEYS if sort_keys else 0))
