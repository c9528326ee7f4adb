"""``{% timeline contact_id=contact.id %}``: a record's timeline with its composer; and texts that people wrote."""

import re
from typing import Any

from django import template
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.activities.queries import list_timeline
from crm.web.pages import text_args

register = template.Library()

#: Only what a browser opens as a page: never javascript: or data:.
ADDRESS = r"https?://[^\s<>\"'`]{1,2000}"
#: What ends a sentence rather than an address.
CLOSING = ".,;:!?)]}*"


@register.inclusion_tag("activities/panel.html", takes_context=True)
def timeline(context: template.RequestContext, **subject: int) -> dict[str, Any]:
    """Composer and timeline of the record that the one argument names; the address narrows it and turns its pages."""
    request: Any = context.request
    given = text_args(list_timeline, request.GET, {"kind": "kind", "cursor": "cursor"})
    trail = request.GET.get("trail", "")[:4000]
    ((field, pk),) = subject.items()
    return {
        "ctx": context["ctx"],
        "subject": subject,
        **subject,
        **given,
        "trail": trail,
        "field": field,
        "pk": pk,
        "may_attach": scope_of(context["ctx"]).allows(Permission.ACTIVITY_CREATE),
        "most": settings.FILES_MAX_BYTES,
        "most_words": filesizeformat(settings.FILES_MAX_BYTES),
    }


@register.filter
def written(text: str, mentioned: list[str] | None = None) -> SafeString:
    """A text as it was written, escaped: addresses are links, mentions are marked; line ends are left to CSS."""
    names = sorted(mentioned or [], key=len, reverse=True)
    mentions = "|".join(re.escape(name) for name in names)
    pattern = ADDRESS + (rf"|@(?:{mentions})(?!\w)" if names else "")
    # With one group, every second part is a match.
    parts = re.split(f"({pattern})", text, flags=re.IGNORECASE)
    return format_html_join("", "{}", ((_part(part, place % 2 == 1),) for place, part in enumerate(parts)))


def _part(text: str, is_marked: bool) -> SafeString | str:
    if not is_marked:
        return text
    if text.startswith("@"):
        return format_html('<span class="mention">{}</span>', text)
    address = text.rstrip(CLOSING)
    link = format_html(
        '<a class="link" href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>',
        address,
        address,
    )
    return format_html("{}{}", link, text[len(address) :])
