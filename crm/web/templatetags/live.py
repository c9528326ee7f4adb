"""``{% live "contacts/table" search=search %}``: a region of the page that keeps itself right."""

import json
from hashlib import blake2b
from typing import Any

from django import template
from django.middleware.csrf import get_token
from django.utils.html import format_html
from django.utils.safestring import SafeString

from realtime.live.fragments import fragments

register = template.Library()

#: A region's HTML is the same for everybody who may share it, so it holds no token; the page's own copy gets one.
CSRF_SLOT = SafeString('<input type="hidden" name="csrfmiddlewaretoken" value="">')


@register.simple_tag
def csrf_slot() -> SafeString:
    """The place of the CSRF token in a form that lies in a live region."""
    return CSRF_SLOT


@register.simple_tag(takes_context=True)
def live(context: template.RequestContext, name: str, **args: Any) -> SafeString:
    """Render a live region in place; live.js subscribes to it by its name and arguments."""
    given = {key: value for key, value in args.items() if value not in (None, "")}
    html = fragments[name].render(context["ctx"], given)
    text = json.dumps(given, sort_keys=True)
    key = blake2b(f"{name}{text}".encode(), digest_size=6).hexdigest()
    token = get_token(context.request) if context.request else ""
    filled = html.replace(CSRF_SLOT, f'<input type="hidden" name="csrfmiddlewaretoken" value="{token}">')
    return format_html(
        '<div id="live-{}" data-live="{}" data-live-args="{}">{}</div>', key, name, text, SafeString(filled)
    )
