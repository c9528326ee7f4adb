"""The documents are true where that can be told: what they quote stands in the code, what they name is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "clients/typescript/README.md", *sorted(ROOT.glob("docs/**/*.md"))]
QUOTE = re.compile(
    r"^```\w+\n(?:# |<!-- )(?P<file>[\w/.]+)(?: -->)?\n(?P<code>.*?)^```", re.MULTILINE | re.DOTALL
)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
#: A file of the repository in code quotes, such as `crm/web/urls.py`; not a pattern, and not one of a deployment.
FILE = re.compile(
    r"`((?:accounts|api|bench|browser|clients|config|crm|docs|faults|realtime|scripts|templates|tests|workflows)/"
    r"[\w/.-]+)(?:::(\w+))?`"
)


def quotes() -> list[tuple[str, str]]:
    text = (ROOT / "docs/extending.md").read_text()
    return [(found["file"], found["code"]) for found in QUOTE.finditer(text)]


@pytest.mark.parametrize(("file", "code"), quotes(), ids=lambda value: value.splitlines()[0][:40])
def test_the_tour_quotes_the_code(file: str, code: str) -> None:
    """Parts between lines of three dots stand in the file, in this order."""
    rest = (ROOT / file).read_text()
    for part in re.split(r"^\.\.\.\n", code, flags=re.MULTILINE):
        _before, found, rest = rest.partition(part.rstrip("\n"))
        assert found, f"{file} does not hold (there):\n{part}"


def test_the_tour_has_its_quotes() -> None:
    assert len(quotes()) == (ROOT / "docs/extending.md").read_text().count("```") // 2


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_names_is_there(document: Path) -> None:
    text = document.read_text()
    missing = [link for link in LINK.findall(text) if not (document.parent / link).exists()]
    missing += [f"{name} {test}" for name, test in FILE.findall(text) if not is_there(name, test)]
    assert not missing


def is_there(name: str, test: str) -> bool:
    """Whether the repository, or its tests, have the file or folder, and the test in it if one is named."""
    found = next((path for path in (ROOT / name, ROOT / "tests" / name) if path.exists()), None)
    return found is not None and (not test or f"def {test}(" in found.read_text())
