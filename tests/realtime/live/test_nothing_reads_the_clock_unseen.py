"""What queries and regions of pages know of the time they have from ``ctx.now``, which says when the answer is over.

A time, or a random number, from elsewhere would change what a fresh answer says without any change of a row, and
nobody would ask for it again.
"""

import re
import sys
from pathlib import Path

import pytest

from realtime.functions import registry
from realtime.live.fragments import list_fragments

UNSEEN = re.compile(
    r"timezone\.now\(|datetime\.now\(|utcnow\(|date\.today\(|localdate\(\)|localtime\(\)|time\.time\("
    r"|\bNow\(\)|\bRandom\(\)|order_by\([\"']\?[\"']\)|\brandom\.|CURRENT_DATE|CURRENT_TIMESTAMP"
)


def modules() -> list[str]:
    """The modules of all queries and fragments."""
    bodies = [function.body for function in registry if function.kind == "query"]
    return sorted({body.__module__ for body in (*bodies, *(found.body for found in list_fragments()))})


def test_there_are_queries_and_fragments() -> None:
    assert "crm.contacts.queries" in modules()
    assert "crm.web.fragments.tasks" in modules()


@pytest.mark.parametrize("module", modules())
def test_the_time_comes_from_the_context(module: str) -> None:
    text = Path(str(sys.modules[module].__file__)).read_text()
    assert UNSEEN.findall(text) == []
