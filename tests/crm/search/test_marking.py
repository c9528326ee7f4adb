"""What was found is marked, and nothing that somebody wrote becomes HTML."""

import pytest

from crm.search.marking import fold, mark, snippet


@pytest.mark.parametrize(
    ("text", "asked", "marked"),
    [
        ("Ada Lovelace", "lov", "Ada <mark>Lov</mark>elace"),
        ("Élodie Grønbæk-Müller", "muller elo", "<mark>Élo</mark>die Grønbæk-<mark>Müller</mark>"),
        ("Weiß & Söhne", "weiss", "<mark>Weiß</mark> &amp; Söhne"),
        ("O'Brien", "obri", "<mark>O&#x27;Bri</mark>en"),
        ("<b>Bold</b>", "b", "&lt;<mark>b</mark>&gt;<mark>B</mark>old&lt;/<mark>b</mark>&gt;"),
        ("+1 (415) 555-0123", "5550123", "+1 (415) <mark>555-0123</mark>"),
        ("ada@engines.example", "ngines", "ada@e<mark>ngines</mark>.example"),
        ("Nothing", ".*[", "Nothing"),
        ("", "a", ""),
    ],
)
def test_marks(text: str, asked: str, marked: str) -> None:
    assert mark(text, asked) == marked


def test_both_ways_of_folding_agree() -> None:
    text = "Ada@Engines.example (2nd)"
    folded, places = fold(text)
    assert fold(f"{text}é") == (f"{folded}e", [*places, len(text)])


def test_a_snippet_is_round_what_was_found() -> None:
    part = snippet(f"{'before ' * 60}the garden {'after ' * 60}", "garden")
    assert "the garden" in part
    assert part.startswith("…")
    assert part.endswith("…")
    assert len(part) <= 162
