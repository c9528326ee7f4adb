"""``{% live "contacts/table" search=search %}``: a region of the page that keeps itself right."""

from hashlib import blake2b
from typing import Any

from django import template
from django.conf import settings
from django.middleware.csrf import get_token
from django.utils.html import format_html
from django.utils.safestring import SafeString

from realtime.functions import Context, FunctionError
from realtime.functions.encoding import encode_json
from realtime.functions.transactions import reading
from realtime.live.answers import error_of, hash_of
from realtime.live.fragments import FragmentQuery, Locale, fragment_query, html_body, refusal_html

register = template.Library()

#: A region's HTML is the same for everybody who may share it, so it holds no token; the page's own copy gets one.
CSRF_SLOT = SafeString('<input type="hidden" name="csrfmiddlewaretoken" value="">')
#: Where a page keeps its token while it is rendered.
TOKEN = "csrf-token"


@register.simple_tag
def csrf_slot() -> SafeString:
    """The place of the CSRF token in a form that lies in a live region."""
    return CSRF_SLOT


@register.simple_tag(takes_context=True)
def live(context: template.RequestContext, name: str, **args: Any) -> SafeString:
    """Render a live region in place; live.js subscribes to it by its name and arguments.

    Arguments that are None or "" are left to the fragment's defaults. The hash is that of the rendering, by
    which the server tells live.js that nothing has changed since.
    """
    given = {key: value for key, value in args.items() if value not in (None, "")}
    text = encode_json(given, sort_keys=True).decode()
    query = fragment_query(name, given, Locale.current())
    html, hash = _rendered(query, context["ctx"])
    if CSRF_SLOT in html:
        html = html.replace(CSRF_SLOT, CSRF_SLOT.replace('value=""', f'value="{_token(context)}"'))
    zone = query.locale.time_zone
    return format_html(
        '<div id="live-{}" data-live="{}" data-live-args="{}" data-live-hash="{}"{}>{}</div>',
        blake2b(f"{name}{text}".encode(), digest_size=6).hexdigest(), name, text, hash,
        format_html(' data-live-zone="{}"', zone) if zone != settings.TIME_ZONE else "",
        SafeString(html),
    )  # fmt: skip


def _token(context: template.RequestContext) -> str:
    """The page's token, made once: each one would be masked anew."""
    if not context.request:
        return ""
    kept = context.render_context.dicts[0]
    if TOKEN not in kept:
        kept[TOKEN] = get_token(context.request)
    return str(kept[TOKEN])


def _rendered(query: FragmentQuery, ctx: Context) -> tuple[str, str]:
    """The region's HTML and the hash that the hub would give it; a refusal is shown, as it would be live."""
    with reading():
        try:
            html = query.html(ctx)
            return html, hash_of(html_body(html))
        except FunctionError as error:
            told = error_of(error)
            return refusal_html(told), hash_of(query.refusal(told))
