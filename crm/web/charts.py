"""Charts as SVG that the server draws: they follow live regions, themes and languages as all of the page does.

Widths are per cent and heights are pixels, so that a chart fits its place without a script and its texts keep their
size. Every chart has its table. Numbers in the drawing are written with a point whatever the language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, log10
from typing import Any

from django.utils.formats import number_format
from django.utils.safestring import SafeString

#: Pixels from the top to the highest value, from there to the base line, and below it for the labels.
TOP, PLOT, FOOT = 14, 150, 22
#: Per cent of the width that the scale's labels take, and that a column takes of its step.
GUTTER, COLUMN = 9.0, 0.62


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of value: its name, the class that colours it, and a value for each step."""

    name: Any
    style: str
    values: Sequence[float | int | Decimal]


def columns(
    labels: Sequence[tuple[str, str]],
    series: Sequence[Series],
    *,
    texts: Sequence[Sequence[str]],
    scale: Any = str,
) -> dict[str, Any]:
    """Stacked columns, a column a label, which is (in full, below the column).

    ``texts`` are the values in words, a line a label, for the table and the pointer; ``scale`` writes a value beside
    the lines.
    """
    sums = [float(sum(each.values[place] for each in series)) for place in range(len(labels))]
    lines = _lines(max(sums, default=0.0))
    width = (100 - GUTTER) / max(len(labels), 1)
    steps = []
    for place, label in enumerate(labels):
        left = GUTTER + place * width
        steps.append(
            {
                "label": label[0],
                "short": label[1],
                "shows_label": _is_labelled(place, len(labels)),
                "x": number(left),
                "width": number(width),
                "middle": number(left + width / 2),
                "bars": _bars(series, place, left + width * (1 - COLUMN) / 2, width * COLUMN, lines[-1]),
                "texts": list(zip([each.name for each in series], texts[place], strict=True)),
                "styles": [each.style for each in series],
            }
        )
    return {
        "height": TOP + PLOT + FOOT,
        "base": TOP + PLOT,
        "label_y": TOP + PLOT + 16,
        "lines": [{"y": number(_y(value, lines[-1])), "text": scale(value)} for value in lines],
        "steps": steps,
        "series": series,
        "is_empty": not any(sums),
    }


def share(value: float | Decimal, most: float | Decimal) -> SafeString:
    """A bar's width in per cent of the longest one."""
    return number(float(value) / float(most) * 100 if most else 0)


def number(value: float) -> SafeString:
    """A number as SVG reads it."""
    return SafeString(f"{value:.2f}".rstrip("0").rstrip("."))


def short(value: float) -> str:
    """A scale's number: 12, 3k, 1.5M."""
    for size, sign in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            return f"{number_format(f'{value / size:g}')}{sign}"
    return number_format(f"{value:g}")


def _bars(
    series: Sequence[Series], place: int, left: float, width: float, most: float
) -> list[dict[str, Any]]:
    bars, below = [], 0.0
    for each in series:
        value = float(each.values[place])
        if value > 0:
            top, bottom = _y(below + value, most), _y(below, most)
            shape = {"x": number(left), "width": number(width), "y": number(top)}
            bars.append({**shape, "height": number(max(bottom - top, 1)), "style": each.style})
            below += value
    return bars


def _y(value: float, most: float) -> float:
    return TOP + PLOT - value / most * PLOT


def _lines(most: float) -> list[float]:
    """Round values for three or four lines, from zero to the first that no column passes."""
    if most <= 0:
        return [0.0, 1.0]
    power = 10 ** int(log10(most) // 1)
    step = next(size * power / 4 for size in (1, 2, 4, 8, 10, 20) if size * power >= most)
    if most <= 4:
        step = 1.0
    return [step * place for place in range(ceil(most / step) + 1)]


def _is_labelled(place: int, count: int) -> bool:
    """Every label of a few, each second or fifth of many; the last one always has its place."""
    every = 1 if count <= 7 else 2 if count <= 14 else 3 if count <= 20 else 5
    return (count - 1 - place) % every == 0
