"""Nobody writes events by hand: the channel layer is spoken to by the engine alone."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("accounts", "api", "config", "crm", "workflows")


def test_no_group_send_outside_the_engine() -> None:
    sources = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    found = [
        str(path)
        for path in sources
        if "group_send" in path.read_text() or "channel_layer" in path.read_text()
    ]
    assert found == []
