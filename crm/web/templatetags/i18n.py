"""Django's ``i18n`` tags, with ``{% translate "a constant" %}`` looked up once a language.

A page has several hundred of them, and Django goes through a lazy text and every catalog for each.
"""

from typing import Any

from django import template
from django.template.base import Node
from django.templatetags import i18n
from django.utils.translation import get_language

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class ConstantNode(Node):
    """A translation whose text depends on the language alone."""

    def __init__(self, node: Any) -> None:
        self._node = node
        self._texts: dict[str | None, str] = {}

    def render(self, context: Any) -> str:
        language = get_language()
        found = self._texts.get(language)
        if found is None:
            found = self._texts[language] = self._node.render(context)
        return found


@register.tag("translate")
@register.tag("trans")
def translate(parser: Any, token: Any) -> Any:
    """Django's tag."""
    node: Any = i18n.do_translate(parser, token)
    expression = node.filter_expression
    is_constant = isinstance(getattr(expression.var, "literal", None), str) and not expression.filters
    if not is_constant or node.asvar or node.noop or node.message_context:
        return node
    return ConstantNode(node)
