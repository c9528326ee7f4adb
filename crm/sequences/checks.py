"""What keeps a sequence from doing what it says, in sentences."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from realtime.functions import Phrase


def problems_of(row: Mapping[str, Any], steps: list[Any]) -> list[str]:
    """Everything that has to be mended before the sequence can be published; empty when it can."""
    return list(_problems(row, [step for step in steps if not step["is_removed"]]))


def _problems(row: Mapping[str, Any], steps: list[Any]) -> Iterator[str]:
    if not steps:
        yield str(Phrase("Add a step: without one nothing happens."))
    for step in steps:
        if step["kind"] == "email" and step["template_id"] is None and not step["params"].get("body"):
            yield str(Phrase("The email of step %(number)s says nothing.", number=step["position"]))
    emails = [step for step in steps if step["kind"] == "email"]
    if emails and not (emails[0]["params"].get("subject") or emails[0]["template_id"]):
        yield str(Phrase("The first email needs a subject."))
    if emails and row["daily_limit"] * row["pace_seconds"] > _open_seconds(row):
        yield str(
            Phrase(
                "%(limit)s emails a day, %(pace)s seconds apart, take longer than the hours in which they may go out.",
                limit=row["daily_limit"],
                pace=row["pace_seconds"],
            )
        )


def _open_seconds(row: Mapping[str, Any]) -> float:
    day = date.min
    length = datetime.combine(day, row["closes_at"]) - datetime.combine(day, row["opens_at"])
    return length.total_seconds()
