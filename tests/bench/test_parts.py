"""One command for all measurements: a part that fails or takes too long is named, and the others go on."""

import sys
from pathlib import Path

import pytest

from bench import __main__ as bench
from bench.parts import Part, run


def ended(code: str, limit: float = 120) -> Part:
    """What came of a part that runs this code."""
    part = Part("test")
    run(part, [sys.executable, "-c", code], limit)
    return part


def test_a_part_that_ends_is_told_with_what_it_compared(capsys: pytest.CaptureFixture[str]) -> None:
    part = ended("print('some line'); print('ours     12.0 ms    2.5 x')")
    assert (part.end, part.ratios) == ("ok", ["ours  12.0 ms  2.5 x"])
    assert "some line" in capsys.readouterr().out
    assert part.row().startswith("test         ok")
    assert part.row().endswith("    ours  12.0 ms  2.5 x")


@pytest.mark.parametrize(
    ("code", "end"), [("raise SystemExit(3)", "failed"), ("import os; os.abort()", "failed")]
)
def test_a_part_that_fails_is_told(code: str, end: str) -> None:
    assert ended(code).end == end


def test_a_part_that_takes_too_long_is_ended_with_what_it_started() -> None:
    code = (
        "import subprocess, sys;"
        " subprocess.run([sys.executable, '-c', 'import signal; signal.pause()'], start_new_session=True)"
    )
    part = ended(code, 0.5)  # returns when nobody holds the part's output any more
    assert part.end == "time limit"


def test_the_others_go_on_and_the_code_says_that_one_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ends = {"rest": "failed", "search": "ok", "workflows": "time limit"}

    def fake(part: Part, _command: list[str], _limit: float, _servers: Path) -> None:
        part.end = ends[part.name]

    monkeypatch.setattr(sys, "argv", ["bench", *ends])
    monkeypatch.setattr(bench, "run", fake)
    monkeypatch.setattr("bench.__main__.embedded.stop", lambda _folder: None)
    with pytest.raises(SystemExit) as found:
        bench.main()
    assert found.value.code == 1
    told = capsys.readouterr().out.partition("== summary")[2]
    assert [line.split()[0] for line in told.splitlines() if line.startswith(tuple(ends))] == list(ends)


def test_what_has_not_begun_in_time_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "run", lambda *_args: pytest.fail("it began"))
    part = Part("rest")
    bench.run_all([part], 0.0, 60)
    assert part.end == "not begun"


def test_every_measurement_is_known() -> None:
    assert {"workflows", "rest", "scale", "live"} <= set(bench.known())
    assert not {"parts", "sizes", "measuring"} & set(bench.known())
