"""How much of the workers' time a tenant gets beside others: more for one with more weight.

Whose weight is more than 1, the product says (WORKFLOWS_WEIGHTS); it is asked once a minute.
"""

import time
from collections.abc import Mapping

import orjson
from django.conf import settings
from django.utils.module_loading import import_string

SECONDS = 60.0
NONE = "{}"
_known: tuple[float, str] = (0.0, NONE)


def weights() -> str:
    """The weights of tenants by schema as a JSON object, for a claim's statement; those of weight 1 are not in it."""
    global _known
    until, found = _known
    if time.monotonic() >= until:
        found = _ask()
        _known = (time.monotonic() + SECONDS, found)
    return found


def _ask() -> str:
    if not settings.WORKFLOWS_WEIGHTS:
        return NONE
    found: Mapping[str, int] = import_string(settings.WORKFLOWS_WEIGHTS)()
    return orjson.dumps({schema: weight for schema, weight in found.items() if weight > 1}).decode()


def forget_weights() -> None:
    """Another plan, another weight: asked anew in this process."""
    global _known
    _known = (0.0, NONE)
