"""What the blocks of a contact's page share."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm.web.templatetags.ui import icon

register = template.Library()

#: What the live region's renderer fills in; see ``crm.web.templatetags.live``.
TOKEN = SafeString('<input type="hidden" name="csrfmiddlewaretoken" value="">')


@register.filter
def word(words: Mapping[str, Any], key: str) -> Any:
    """A stored word as people say it."""
    return words.get(key, key)


@register.simple_tag
def part_head(title: str, kind: str, contact_id: int, may_edit: bool, label: str) -> SafeString:
    """A block's heading with the link to the form for one more."""
    more = SafeString("")
    if may_edit:
        more = format_html(
            '<a class="button ghost square" href="{}" data-dialog title="{}">{}</a>',
            reverse("part_new", args=[contact_id, kind]), label, icon("plus", label),
        )  # fmt: skip
    return format_html('<div class="part-head"><h3>{}</h3>{}</div>', title, more)


@register.simple_tag
def part_tools(kind: str, contact_id: int, part_id: int, name: str) -> SafeString:
    """The buttons of one row: change it, take it away."""
    edit, delete = _("Change"), _("Delete")
    return format_html(
        '<span class="part-tools"><a class="button ghost square" href="{}" data-dialog title="{}">{}</a>'
        '<form method="post" action="{}" data-enhance data-confirm="{}" data-confirm-yes="{}">{}'
        '<button class="button ghost square" title="{}">{}</button></form></span>',
        reverse("part_edit", args=[contact_id, kind, part_id]), edit, icon("pencil", f"{edit}: {name}"),
        reverse("part_delete", args=[contact_id, kind, part_id]), _("Delete “%(name)s”?") % {"name": name}, delete,
        TOKEN, delete, icon("trash-2", f"{delete}: {name}"),
    )  # fmt: skip
