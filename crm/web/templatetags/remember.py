"""``{% remember row hidden %}...{% endremember %}``: rows of a list whose HTML is kept for the next rendering.

A list is rendered again whenever one of its rows changes, and by everybody who opens it, while nearly all rows
stay as they are. The block sees the named variables and nothing else, so that equal values (and the language and
the time zone) give equal HTML, whoever looks. No live region may lie in it.
"""

from collections.abc import Callable
from decimal import Decimal
from hashlib import blake2b
from itertools import count
from typing import Any

import orjson
from django import template
from django.template.base import Node, NodeList
from django.template.exceptions import TemplateSyntaxError
from django.utils.functional import Promise
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

register = template.Library()

#: So many rows are kept at least, and twice as many at most: some 10 MB a process.
KEPT = 3000

#: Where a rendering keeps its locale.
LOCALE = "remembered-locale"

_young: dict[bytes, str] = {}
_old: dict[bytes, str] = {}
_numbers = count()


class RememberNode(Node):
    """A block with the names of the variables that it depends on."""

    def __init__(self, names: list[str], nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self._names = names
        self._number = next(_numbers)

    def render(self, context: Any) -> str:
        values = {name: context.get(name) for name in self._names}
        key = self._key(_locale(context), values)
        found = _find(key) if key else None
        if found is None:
            found = str(self.nodelist.render(context.new(values)))
            if key:
                _keep(key, found)
        return found

    def _key(self, locale: str, values: dict[str, Any]) -> bytes:
        """A digest of all that the HTML depends on; empty for values that have no JSON."""
        parts = [self._number, locale, values]
        try:
            text = orjson.dumps(parts, _plain, orjson.OPT_NON_STR_KEYS)
        except TypeError:
            return b""
        return blake2b(text, digest_size=16).digest()


def _locale(context: Any) -> str:
    """Language and time zone, looked up once a rendering: no template changes them on the way."""
    kept = context.render_context
    found = kept.get(LOCALE)
    if found is None:
        found = kept[LOCALE] = f"{get_language()} {get_current_timezone_name()}"
    return str(found)


def _plain(value: object) -> object:
    if isinstance(value, Decimal | Promise):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError


def remembered(context: Any, parts: Any, make: Callable[[], str]) -> str:
    """HTML that depends on the parts (plain JSON values) and on the language and the time zone alone."""
    try:
        text = orjson.dumps([_locale(context), parts], _plain, orjson.OPT_NON_STR_KEYS)
    except TypeError:
        return make()
    key = blake2b(text, digest_size=16).digest()
    found = _find(key)
    if found is None:
        found = make()
        _keep(key, found)
    return found


def _find(key: bytes) -> str | None:
    found = _young.get(key)
    if found is None:
        found = _old.get(key)
        if found is not None:
            _keep(key, found)
    return found


def _keep(key: bytes, html: str) -> None:
    """Forget what was not asked for while this many others were."""
    global _young, _old
    if len(_young) >= KEPT:
        _young, _old = {}, _young
    _young[key] = html


@register.tag
def remember(parser: Any, token: Any) -> RememberNode:
    """The block's tag."""
    names = token.split_contents()[1:]
    if not names or not all(name.isidentifier() for name in names):
        raise TemplateSyntaxError("Name the variables that the block depends on: {% remember row hidden %}.")
    nodelist = parser.parse(("endremember",))
    parser.delete_first_token()
    return RememberNode(names, nodelist)
