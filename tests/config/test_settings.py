"""Every variable that the code reads stands in .env.example."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("accounts", "api", "config", "crm", "realtime", "workflows")
READ = re.compile(r"""env\.(?:text|flag|integer|words|database)\(\s*["'](\w+)""")


def test_every_variable_is_documented() -> None:
    names = {
        name
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for name in READ.findall(path.read_text())
    }
    documented = set(re.findall(r"^#?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert names - documented == set()
    assert documented - names == set()
