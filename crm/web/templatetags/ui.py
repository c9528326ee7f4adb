"""The small parts that templates repeat: icons, avatars, stages, fields, times, amounts."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zlib import crc32

from django import forms, template
from django.templatetags.static import static
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from crm.web.words import person_name

register = template.Library()

HUES = 10
CURRENCY_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CAD": "CA$", "AUD": "A$"}
BARE_WIDGETS = (forms.CheckboxInput, forms.CheckboxSelectMultiple, forms.RadioSelect, forms.HiddenInput)


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; without a label it is decoration that screen readers skip."""
    described = (
        format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    )
    sprite = static("crm/vendor/lucide/icons.svg")
    return format_html('<svg class="icon" {}><use href="{}#{}"></use></svg>', described, sprite, name)


def hue_class(text: str) -> str:
    """The colour class that a name always gets, on every machine and page."""
    return f"hue-{crc32(text.lower().encode()) % HUES}"


@register.simple_tag
def hues() -> int:
    """How many colours there are for names, for scripts that draw avatars."""
    return HUES


def initials(name: str) -> str:
    """First letters of the first and last word: 'Olivia van Dyke' is 'OD'."""
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


@register.simple_tag
@lru_cache(maxsize=4096)
def avatar(name: str | None, classes: str = "") -> SafeString:
    """A round with initials; it stands beside the written name, so it is hidden from screen readers."""
    if not name:
        return format_html('<span class="avatar nobody {}" aria-hidden="true">–</span>', classes)
    return format_html(
        '<span class="avatar {} {}" aria-hidden="true">{}</span>', hue_class(name), classes, initials(name)
    )


@register.simple_tag
def who(name: str | None) -> SafeString:
    """A member's small avatar and name; nobody is said, not left blank."""
    return _who(name, name or _("Nobody"))


@lru_cache(maxsize=4096)
def _who(name: str | None, said: str) -> SafeString:
    text = format_html('<span class="truncate{}">{}</span>', "" if name else " quiet", said)
    return format_html('<span class="who">{}{}</span>', avatar(name, "small"), text)


@register.simple_tag
@lru_cache(maxsize=4096)
def stage(name: str | None, position: int | None = None) -> SafeString:
    """A stage's pill; its colour follows its place in the order, else its name."""
    if not name:
        return SafeString("")
    hue = hue_class(name) if position is None else f"hue-{position % HUES}"
    return format_html('<span class="badge stage {}"><span class="truncate">{}</span></span>', hue, name)


@register.simple_tag
def deal_stage(name: str | None, place: int | None, status: str) -> SafeString:
    """A deal's stage; won and lost are told apart by more than a colour of their own."""
    if status == "open":
        return stage(name, place)
    kind, sign = ("good", icon("trophy")) if status == "won" else ("", icon("x"))
    return format_html('<span class="badge {}">{}<span class="truncate">{}</span></span>', kind, sign, name)


@register.simple_tag
def time_ago(moment: datetime | None) -> SafeString:
    """A moment; the page turns it into 'in 3 hours' and keeps that current, without JavaScript it is a date."""
    if moment is None:
        return SafeString('<span class="quiet">–</span>')
    local = localtime(moment)
    # Nothing in it needs escaping, and a long list holds one a row.
    return SafeString(
        f'<time-ago datetime="{moment.isoformat(timespec="seconds")}" title="{local:%Y-%m-%d %H:%M}">'
        f"{_day(local.date(), get_language())}</time-ago>"
    )


@lru_cache(maxsize=4096)
def _day(day: date, _language: str | None) -> str:
    return date_format(day, "DATE_FORMAT")


#: A browser says of itself that it is all of its ancestors: the first word that fits is the one.
BROWSERS = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "macOS",
} | {"Linux": "Linux"}


register.filter("person", person_name)


@register.filter
def first_word(text: str) -> str:
    """What a person is called to their face, as far as a name tells."""
    return text.split(maxsplit=1)[0] if text.strip() else ""


@register.filter
def browser_name(user_agent: str) -> str:
    """A browser's User-Agent as people say it: 'Firefox on Windows'."""
    browser = next((name for mark, name in BROWSERS.items() if mark in user_agent), _("A browser"))
    system = next((name for mark, name in SYSTEMS.items() if mark in user_agent), "")
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else browser


@register.simple_tag
def money(amount: Decimal | str | float | None, currency: str = "USD") -> SafeString:
    """An amount with its currency, without cents where there are none: '$12,500'."""
    return (
        format_html('<span class="num">{}</span>', money_text(amount, currency))
        if amount is not None
        else SafeString("")
    )


def money_text(amount: Decimal | str | float, currency: str) -> str:
    """An amount in words: where the currency stands is the language's business."""
    value = Decimal(str(amount))
    places = 0 if value == value.to_integral_value() else 2
    number = number_format(value, decimal_pos=places, force_grouping=True)
    sign = CURRENCY_SIGNS.get(currency, currency)
    # Translators: an amount of money; German writes "12.500 €".
    written = pgettext("money", "%(sign)s%(number)s") % {
        "sign": sign if len(sign) < 3 or "$" in sign else f"{sign}\N{NO-BREAK SPACE}",
        "number": number,
    }
    return written.strip()


@register.simple_tag
def form_fields(form: forms.BaseForm) -> SafeString:
    """Every field of a form with its label, hint and errors, the form's own errors first."""
    shown = format_html_join("", "{}", ((field(bound),) for bound in form.visible_fields()))
    hidden = format_html_join("", "{}", ((bound,) for bound in form.hidden_fields()))
    return format_html('{}{}<div class="fields">{}</div>', form_errors(form), hidden, shown)


@register.simple_tag
def form_errors(form: forms.BaseForm) -> SafeString:
    """What is wrong with the form as a whole; the empty place is where a script writes it."""
    errors = form.non_field_errors()
    lines = format_html_join("", "<p>{}</p>", ((error,) for error in errors))
    hidden = SafeString("") if errors else SafeString(" hidden")
    return format_html(
        '<div class="notice bad form-errors" role="alert"{}>{}<div data-errors>{}</div></div>',
        hidden,
        icon("circle-alert"),
        lines,
    )


@register.simple_tag
def field(bound: forms.BoundField, classes: str = "") -> SafeString:
    """One field: label, control, hint, errors, tied together for screen readers."""
    label = _label(bound)
    parts = (label, control(bound), _hint(bound), _errors(bound))
    inner = format_html_join("", "{}", ((part,) for part in parts if part))
    if isinstance(bound.field.widget, (forms.CheckboxSelectMultiple, forms.RadioSelect)):
        return format_html(
            '<fieldset class="field {}" data-field="{}">{}</fieldset>', classes, bound.html_name, inner
        )
    return format_html('<div class="field {}" data-field="{}">{}</div>', classes, bound.html_name, inner)


@register.simple_tag
def control(bound: forms.BoundField, classes: str = "", **attributes: Any) -> SafeString:
    """The field's input alone, with the classes and the ARIA state that the styles and scripts expect."""
    widget = bound.field.widget
    attributes |= _aria(bound)
    if isinstance(widget, forms.CheckboxInput):
        ticked = bound.as_widget(attrs=attributes)
        return format_html('<label class="check">{}<span>{}</span></label>', ticked, bound.label)
    if isinstance(widget, (forms.CheckboxSelectMultiple, forms.RadioSelect)):
        return _choices(bound)
    if not isinstance(widget, BARE_WIDGETS):
        attributes["class"] = f"input {widget.attrs.get('class', '')} {classes}".strip()
    rendered = bound.as_widget(attrs=attributes)
    if isinstance(widget, forms.Select):
        return format_html('<span class="select {}">{}{}</span>', classes, rendered, icon("chevron-down"))
    return rendered


def _aria(bound: forms.BoundField) -> dict[str, str]:
    described = []
    if bound.help_text:
        described.append(f"{bound.auto_id}-hint")
    if bound.errors:
        described.append(f"{bound.auto_id}-error")
    state = {"aria-describedby": " ".join(described)} if described else {}
    return state | ({"aria-invalid": "true"} if bound.errors else {})


def _choices(bound: forms.BoundField) -> SafeString:
    options = format_html_join("", '<label class="check">{} <span>{}</span></label>', _options(bound))
    return format_html('<div class="stack tight" data-several>{}</div>', options)


def _options(bound: forms.BoundField) -> list[tuple[SafeString, str]]:
    return [(option.tag(), str(option.choice_label)) for option in bound]


def _label(bound: forms.BoundField) -> SafeString:
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return SafeString("")
    optional = "" if bound.field.required else format_html(' <span class="optional">{}</span>', _("optional"))
    if isinstance(widget, (forms.CheckboxSelectMultiple, forms.RadioSelect)):
        return format_html('<legend class="label">{}{}</legend>', bound.label, optional)
    return format_html('<label for="{}">{}{}</label>', bound.id_for_label, bound.label, optional)


def _hint(bound: forms.BoundField) -> SafeString:
    text: str | Promise = bound.help_text
    if not text:
        return SafeString("")
    return format_html('<span class="hint" id="{}-hint">{}</span>', bound.auto_id, text)


def _errors(bound: forms.BoundField) -> SafeString:
    if not bound.errors:
        return SafeString("")
    text = " ".join(str(error) for error in bound.errors)
    return format_html(
        '<p class="error-text" id="{}-error">{}<span>{}</span></p>', bound.auto_id, icon("circle-alert"), text
    )
