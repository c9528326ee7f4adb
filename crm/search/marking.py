"""Marks what was found in a text: HTML in which everything else is escaped."""

import re
import string
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from html import escape

#: Letters that decomposition leaves whole, as PostgreSQL's unaccent writes them.
WHOLE = {
    "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h",
}  # fmt: skip
SNIPPET = 160
#: ASCII, folded: what is neither letter nor digit separates words.
PLAIN = str.maketrans(
    {each: " " for each in map(chr, range(128)) if not each.isalnum()}
    | dict(zip(string.ascii_uppercase, string.ascii_lowercase, strict=True))
)


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    """The character in lower case without accents; a space for what separates words, nothing for apostrophes."""
    if character in "'`’‘ʼ´":
        return ""
    plain = "".join(
        part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part)
    )
    plain = "".join(WHOLE.get(part, part) for part in plain.lower())
    return plain if plain.isalnum() else " "


def fold(text: str) -> tuple[str, Sequence[int]]:
    """The text folded, and for each of its characters the place in the text that it comes from."""
    if text.isascii() and "'" not in text and "`" not in text:
        return text.translate(PLAIN), range(len(text))
    parts = [(_folded(character), place) for place, character in enumerate(text)]
    return "".join(part for part, _ in parts), [place for part, place in parts for _ in part]


@lru_cache(maxsize=256)
def words_of(asked: str) -> tuple[str, ...]:
    """The asked words, folded."""
    return tuple(fold(asked[:200])[0].split()[:8])


def mark(text: str, asked: str) -> str:
    """The text as HTML, with ``<mark>`` round the beginnings of words (or the digits) that were asked for."""
    spans = _spans(text, asked)
    if not spans:
        return escape(text)
    pieces = []
    end = 0
    for start, stop in spans:
        pieces += [escape(text[end:start]), "<mark>", escape(text[start:stop]), "</mark>"]
        end = stop
    return "".join([*pieces, escape(text[end:])])


def snippet(text: str, asked: str) -> str:
    """The part of a long text round the first thing found, on one line."""
    line = " ".join(text.split())
    if len(line) <= SNIPPET:
        return line
    spans = _spans(line, asked)
    start = max(0, spans[0][0] - SNIPPET // 3) if spans else 0
    start = line.rfind(" ", 0, start) + 1 if start else 0
    part = line[start : start + SNIPPET]
    return f"{'…' if start else ''}{part.rstrip()}{'…' if start + SNIPPET < len(line) else ''}"


def _spans(text: str, asked: str) -> list[tuple[int, int]]:
    """Where the text has what was asked: [start, stop), in order, not overlapping."""
    folded, places = fold(text)
    found = [*_words(folded, words_of(asked)), *_digits(folded, asked)]
    if not found:
        return []
    spans: list[tuple[int, int]] = []
    for start, stop in sorted((places[first], places[last - 1] + 1) for first, last in found):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(stop, spans[-1][1]))
        else:
            spans.append((start, stop))
    return spans


def _words(folded: str, words: tuple[str, ...]) -> list[tuple[int, int]]:
    found = []
    for word in words:
        if word not in folded:
            continue
        hits = [hit.span() for hit in _beginning(word).finditer(folded)]
        if not hits and len(word) > 3:
            hits = [hit.span() for hit in re.finditer(re.escape(word), folded)]
        found += hits
    return found


@lru_cache(maxsize=256)
def _beginning(word: str) -> re.Pattern[str]:
    """The word where a word begins."""
    return re.compile(rf"(?<![^\W_]){re.escape(word)}")


def _digits(folded: str, asked: str) -> list[tuple[int, int]]:
    """A number's digits, whatever stands between them."""
    digits = _number(asked)
    if not digits:
        return []
    places = [place for place, character in enumerate(folded) if character in "0123456789"]
    at = "".join(folded[place] for place in places).find(digits)
    return [] if at < 0 else [(places[at], places[at + len(digits) - 1] + 1)]


@lru_cache(maxsize=256)
def _number(asked: str) -> str:
    """The digits of what looks like a part of a number, else nothing."""
    digits = re.sub(r"\D", "", asked, flags=re.ASCII).lstrip("0")
    return "" if len(digits) < 3 or re.search(r"[^\d\s+().\-/#x]", asked) else digits
