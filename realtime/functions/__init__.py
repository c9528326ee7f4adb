"""The one call path; ``realtime.functions`` is its public face (imported lazily: models need the app registry)."""

from realtime.functions.arguments import Changes
from realtime.functions.context import Actor, Context
from realtime.functions.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    FunctionError,
    Gone,
    InvalidInput,
    NotFound,
    PaymentRequired,
    Phrase,
    PreconditionFailed,
    RateLimited,
    TooLarge,
    TooSlow,
    Unauthenticated,
    Unavailable,
    invalid,
    outage,
    translated,
)
from realtime.functions.pages import Page, shape, take_page
from realtime.functions.registry import Function, mutation, query, registry
from realtime.functions.types import (
    Cursor,
    Id,
    Limit,
    Line,
    Name,
    OneLine,
    Prose,
    Search,
    Version,
    Word,
    pattern,
)

__all__ = [
    "Actor", "BadRequest", "Changes", "Conflict", "Context", "Cursor", "Forbidden", "Function", "FunctionError",
    "Gone", "Id", "InvalidInput", "Limit", "Line", "Name", "NotFound", "OneLine", "Page", "PaymentRequired",
    "Phrase", "PreconditionFailed", "Prose", "RateLimited", "Search", "TooLarge", "TooSlow", "Unauthenticated",
    "Unavailable", "Version", "Word", "invalid", "mutation", "outage", "pattern", "query", "registry", "shape",
    "take_page", "translated",
]  # fmt: skip
