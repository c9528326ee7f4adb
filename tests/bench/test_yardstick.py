from pathlib import Path

import pytest

from bench.measuring import Figures
from bench.yardstick import Yardstick, piece


def test_the_speed_is_that_of_now_beside_the_fastest_moment(tmp_path: Path) -> None:
    kept = tmp_path / "yardstick"
    kept.write_text("1.0\n")
    assert Yardstick(kept).speed([2.0, 2.0]) == 0.5


def test_a_faster_moment_is_the_new_full_speed_also_of_the_next_run(tmp_path: Path) -> None:
    kept = tmp_path / "yardstick"
    kept.write_text("1.0\n")
    assert Yardstick(kept).speed([0.8, 0.8]) == 1.0
    assert Yardstick(kept).speed([1.6]) == 0.5


def test_a_first_run_knows_no_faster_moment_than_its_own(tmp_path: Path) -> None:
    kept = tmp_path / "yardstick"
    assert 0 < Yardstick(kept).speed([0.0001]) <= 1.0
    assert float(kept.read_text()) == 0.0001


def test_limits_are_about_full_speed() -> None:
    figures = Figures(web=3.0, database=2.0, redis=1.0, p50=6.0, p95=7.0, speed=0.5)
    assert figures.cpu_at_full_speed == pytest.approx(3.0)
    assert figures.line("list", "3").split()[-2:] == ["50%", "3.00"]


def test_the_piece_of_work_takes_time() -> None:
    assert piece() > 0
