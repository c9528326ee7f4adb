"""The tenant's brand colour as the interface's accent, in both themes and never below AA.

Hue and strength are the brand's, lightness is what the contrast demands: each token starts where the built-in accent
lies, and moves towards black or white until it stands out enough from all that it may lie on. Colours are OKLCH
(https://bottosson.github.io/posts/oklab/), contrast is WCAG 2.2's (1.4.3 for texts, 1.4.11 for parts of controls).
"""

import math
from dataclasses import dataclass
from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

#: What the style sheets say anyway.
BUILT_IN = "#3657d6"
TEXT, PART = 4.6, 3.1  # a little more than AA's 4.5 and 3: colours are rounded
#: The brightest and the darkest that lie below an accent, of the light theme and of the dark one.
LIGHT_CANVAS, DARK_CANVAS = "#ffffff", "#14161b"
LIGHT_ACTIVE, DARK_ACTIVE = "#e6e9ee", "#2b2e37"

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Need:
    """A contrast that a colour must have with another."""

    other: str
    ratio: float


@dataclass(frozen=True, slots=True)
class Tone:
    """Where a token begins: lightness, the most chroma, which way it moves, and what it must stand out from."""

    lightness: float
    chroma: float
    step: float
    needs: tuple[Need, ...] = ()


#: Lightness of the built-in accent in the light theme, and how dark one may be.
ACCENT, DARKEST = 0.52, 0.25
ON_WHITE = Need("#ffffff", TEXT)
#: Token -> (light, dark).
TONES: dict[str, tuple[Tone, Tone]] = {
    "accent": (Tone(ACCENT, 0.19, -0.005, (ON_WHITE,)), Tone(0.545, 0.19, -0.005, (ON_WHITE,))),
    "accent-hover": (Tone(0.465, 0.19, -0.005, (ON_WHITE,)), Tone(0.5, 0.185, -0.005, (ON_WHITE,))),
    "accent-text": (
        Tone(0.485, 0.19, -0.005, (Need(LIGHT_ACTIVE, TEXT),)),
        Tone(0.765, 0.115, 0.005, (Need(DARK_ACTIVE, TEXT),)),
    ),
    "accent-soft": (Tone(0.955, 0.022, 0), Tone(0.29, 0.055, 0)),
    "selected": (Tone(0.962, 0.018, 0), Tone(0.265, 0.035, 0)),
    "focus": (
        Tone(0.56, 0.19, -0.005, (Need(LIGHT_ACTIVE, PART),)),
        Tone(0.72, 0.14, 0.005, (Need(DARK_ACTIVE, PART),)),
    ),
}


@require_GET
def brand_sheet(request: HttpRequest, color: str) -> HttpResponse:
    """The tokens that a colour of six hexadecimal digits changes. It depends on the address alone."""
    if len(color) != 6 or not all(digit in "0123456789abcdef" for digit in color):
        raise Http404
    lines = "".join(
        f"--{name}: light-dark({light}, {dark}); " for name, (light, dark) in tokens(color).items()
    )
    response = HttpResponse(f":root {{ {lines}}}\n", content_type="text/css")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@lru_cache(maxsize=512)
def tokens(color: str) -> dict[str, tuple[str, str]]:
    """Each token's colour in the light and in the dark theme."""
    own, chroma, hue = _oklch(_rgb(color))
    # A dark brand stays dark where the theme is light.
    shade = max(0.0, ACCENT - max(own, DARKEST))
    return {
        name: (_toned(light, chroma, hue, shade if light.step < 0 else 0), _toned(dark, chroma, hue))
        for name, (light, dark) in TONES.items()
    }


def _toned(tone: Tone, chroma: float, hue: float, shade: float = 0) -> str:
    lightness, strength = tone.lightness - shade, min(tone.chroma, chroma)
    found = _hex(_fitting(lightness, strength, hue))
    while any(contrast(found, need.other) < need.ratio for need in tone.needs) and 0 < lightness < 1:
        lightness += tone.step
        found = _hex(_fitting(lightness, strength, hue))
    return found


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours."""
    lighter, darker = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Rgb) -> float:
    red, green, blue = map(_linear, color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _fitting(lightness: float, chroma: float, hue: float) -> Rgb:
    """The strongest colour of that lightness and hue that a screen can show."""
    color = _from_oklch(lightness, chroma, hue)
    while chroma > 0 and not all(-0.0005 <= part <= 1.0005 for part in color):
        chroma = max(0.0, chroma - 0.004)
        color = _from_oklch(lightness, chroma, hue)
    red, green, blue = (min(1.0, max(0.0, part)) for part in color)
    return red, green, blue


def _oklch(color: Rgb) -> tuple[float, float, float]:
    """Lightness, chroma and hue (radians) of an sRGB colour."""
    r, g, b = map(_linear, color)
    l = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)  # noqa: E741  (the source's letters)
    m = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    s = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    lightness = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s
    a = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s
    b = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _from_oklch(lightness: float, chroma: float, hue: float) -> Rgb:
    """The sRGB colour; parts beyond 0 and 1 where a screen can't show it."""
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3  # noqa: E741 - the name in the formula
    m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    s = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s
    green = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s
    blue = -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s
    return _gamma(red), _gamma(green), _gamma(blue)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _gamma(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def _rgb(color: str) -> Rgb:
    digits = color.lstrip("#")
    red, green, blue = (int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4))
    return red, green, blue


def _hex(color: Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in color)
