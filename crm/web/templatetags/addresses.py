"""``{% url %}``, built in for every template: an address is made once, and for ids once for all of them.

Django walks through all patterns of the site for each; a page of rows has a hundred.
"""

from functools import lru_cache
from typing import Any

from django import template
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.html import conditional_escape

register = template.Library()

#: Stands for the first id while an address's form is made; the others follow it.
MARK = 1_907_340_001


class AddressNode(URLNode):
    """Django's, for names without a namespace and arguments that are ids or words."""

    def render(self, context: Any) -> str:
        name = self.view_name.resolve(context)
        args = [arg.resolve(context) for arg in self.args]
        if self.asvar or self.kwargs or ":" in str(name) or not all(type(arg) in (int, str) for arg in args):
            return str(super().render(context))
        found = address(str(name), *args)
        return str(conditional_escape(found)) if context.autoescape else found


@register.tag("url")
def url(parser: Any, token: Any) -> Any:
    """Django's tag."""
    node: Any = django_url(parser, token)
    return AddressNode(node.view_name, node.args, node.kwargs, node.asvar)


def address(name: str, *args: int | str) -> str:
    """What ``reverse`` answers; NoReverseMatch too."""
    if all(isinstance(arg, int) and arg >= 0 for arg in args):
        form = _reversed(name, tuple(range(MARK, MARK + len(args))), get_script_prefix(), get_urlconf())
        for index, arg in enumerate(args):
            form = form.replace(str(MARK + index), str(arg))
        return form
    return _reversed(name, args, get_script_prefix(), get_urlconf())


@lru_cache(maxsize=4096)
def _reversed(name: str, args: tuple[int | str, ...], prefix: str, urlconf: str | None) -> str:
    return reverse(name, args=args)
