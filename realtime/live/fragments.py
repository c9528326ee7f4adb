"""Live regions of pages: a function that gathers a template's values through the call path, and the template.

A fragment is rendered once inline, when the page is, and again by the hub whenever what it read changes. Both
renderings know nothing but the context, the arguments, the language and the time zone, so that equal state
gives equal bytes. There is no request: no CSRF token, no messages, no session.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from realtime.functions import Context, NotFound, translated
from realtime.functions.arguments import Arguments, arguments_model, from_values
from realtime.functions.encoding import encode_json

Body = Callable[..., dict[str, Any]]


class Fragment:
    """A registered fragment; its name and arguments identify a live region."""

    def __init__(self, body: Body, name: str, template: str) -> None:
        self.body, self.name, self.template = body, name, template
        self.doc = inspect.getdoc(body) or ""
        self.args_model = arguments_model(body, "fragment_" + name.replace("/", "_").replace("-", "_"))

    def __repr__(self) -> str:
        return f"<fragment {self.name}>"

    def args_from_values(self, values: Mapping[str, object]) -> Arguments:
        """Validated arguments; InvalidInput names each wrong one."""
        return from_values(self.args_model, values)

    def render(self, ctx: Context, arguments: Arguments) -> SafeString:
        """The HTML, inside a transaction that the caller has opened. Its queries go through ``call``."""
        fields = {name: getattr(arguments, name) for name in type(arguments).model_fields}
        return SafeString(get_template(self.template).render({"ctx": ctx, **self.body(ctx, **fields)}))


_fragments: dict[str, Fragment] = {}


def fragment(name: str, *, template: str) -> Callable[[Body], Body]:
    """Register ``(ctx, *, typed arguments) -> template values`` as a live region."""

    def register(body: Body) -> Body:
        if name in _fragments:
            raise TypeError(f"The fragment {name} is registered twice.")
        _fragments[name] = Fragment(body, name, template)
        return body

    return register


def get_fragment(name: str) -> Fragment:
    """The fragment of that name, or NotFound."""
    found = _fragments.get(name)
    if found is None:
        raise NotFound(f"There is no fragment named {name[:80]!r}.")
    return found


def list_fragments() -> Iterator[Fragment]:
    """All fragments by name."""
    return iter(sorted(_fragments.values(), key=lambda found: found.name))


@cache
def _time_zones() -> set[str]:
    """All known time zones; reading them from the disk takes a while."""
    return available_timezones()


@dataclass(frozen=True, slots=True)
class Locale:
    """What a rendering depends on besides data: language and time zone of the page."""

    language: str
    time_zone: str

    @classmethod
    def current(cls) -> "Locale":
        """That of the running code."""
        return cls(translation.get_language() or settings.LANGUAGE_CODE, timezone.get_current_timezone_name())

    @classmethod
    def asked(cls, language: str, time_zone: str) -> "Locale":
        """What a client asks for, the defaults where it asks for something unknown."""
        known = dict(settings.LANGUAGES)
        return cls(
            language if language in known else settings.LANGUAGE_CODE,
            time_zone if time_zone in _time_zones() else settings.TIME_ZONE,
        )

    @contextmanager
    def active(self) -> Iterator[None]:
        """Render in this language and time zone."""
        with translation.override(self.language), timezone.override(ZoneInfo(self.time_zone)):
            yield


@dataclass(frozen=True, slots=True)
class FragmentQuery:
    """A fragment with its arguments and locale; ``key`` is the arguments' canonical JSON."""

    fragment: Fragment
    arguments: Arguments
    key: bytes
    locale: Locale

    def __hash__(self) -> int:
        return hash((self.fragment.name, self.key, self.locale))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FragmentQuery) and (self.fragment, self.key, self.locale) == (
            other.fragment,
            other.key,
            other.locale,
        )

    def html(self, ctx: Context) -> SafeString:
        """The rendering, inside the caller's transaction."""
        with self.locale.active():
            return self.fragment.render(ctx, self.arguments)

    def answer(self, ctx: Context) -> bytes:
        """``"html": ...``."""
        return html_body(self.html(ctx))

    def refusal(self, error: dict[str, Any]) -> bytes:
        """``"html": ..., "error": ...``: a region shows its refusal itself."""
        with self.locale.active():
            shown = refusal_html(error)
        return html_body(shown) + b',"error":' + encode_json(error)


def fragment_query(name: str, values: Mapping[str, object], locale: Locale) -> FragmentQuery:
    """The fragment with checked arguments; NotFound or InvalidInput."""
    found = get_fragment(name)
    arguments = found.args_from_values(values)
    return FragmentQuery(found, arguments, encode_json(arguments, sort_keys=True), locale)


def html_body(html: str) -> bytes:
    """The member of a change message that carries HTML."""
    return b'"html":' + encode_json(str(html))


def refusal_html(error: dict[str, Any]) -> SafeString:
    """What a region shows when its queries are refused."""
    return format_html('<p class="live-refusal" role="status">{}</p>', translated(error["detail"]))
