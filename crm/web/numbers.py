"""Whole numbers, such as ids, as addresses and forms carry them: anything may stand there."""

#: An id has no more digits, and Python refuses to read very many.
MOST_DIGITS = 18


def whole(text: object) -> int | None:
    """The number that a text holds; None for what is none, and for one that nothing can have as its id."""
    found = str(text)
    return int(found) if found.isdecimal() and len(found) <= MOST_DIGITS else None


def wholes(text: str) -> list[int]:
    """The numbers between the commas of a text; what is none is left out."""
    return [number for part in text.split(",") if (number := whole(part)) is not None]
