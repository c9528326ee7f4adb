"""What the triggers do not see no screen follows: nothing in the product switches them off without saying so."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PRODUCT = ("accounts", "api", "config", "crm", "realtime", "workflows", "scripts")
PAST = re.compile(r"session_replication_role|pgtrigger\.ignore|DISABLE TRIGGER", re.IGNORECASE)
SAYS_SO = re.compile(r"\btouch\(|log_touch\(")


def past_the_triggers(text: str) -> bool:
    """Whether the source switches triggers off and marks no table as touched."""
    return bool(PAST.search(text)) and not SAYS_SO.search(text)


def test_nothing_switches_triggers_off() -> None:
    sources = [
        path for folder in PRODUCT for kind in ("*.py", "*.sql") for path in (ROOT / folder).rglob(kind)
    ]
    assert len(sources) > 300
    assert [str(path) for path in sources if past_the_triggers(path.read_text())] == []


def test_what_would_be_found() -> None:
    ban = "SET LOCAL session_" + "replication_role = replica"
    assert past_the_triggers(f'cursor.execute("{ban}")')
    assert not past_the_triggers(f'cursor.execute("{ban}")\ntouch("contacts_contact")')
