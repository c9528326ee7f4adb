"""Print how long functions and files are, and fail above the limits (median 10, p90 30, none over 60 lines
a function; p90 250, none over 500 a file)."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("accounts", "api", "config", "crm", "realtime", "scripts", "workflows")
FUNCTION = {"median": 10, "p90": 30, "max": 60}
FILE = {"p90": 250, "max": 500}


def main() -> int:
    """The exit status is 1 when a limit is passed."""
    files: dict[str, int] = {}
    functions: dict[str, int] = {}
    for path in sources():
        text = path.read_text()
        name = str(path.relative_to(ROOT))
        files[name] = len(text.splitlines())
        functions |= {f"{name}:{line} {function}": size for function, line, size in measured(text)}
    results = [judge("function", functions, FUNCTION), judge("file", files, FILE)]
    return 0 if all(results) else 1


def sources() -> Iterator[Path]:
    """Every Python file of the packages; migrations are generated."""
    for package in PACKAGES:
        yield from (path for path in sorted((ROOT / package).rglob("*.py")) if "migrations" not in path.parts)


def measured(text: str) -> Iterator[tuple[str, int, int]]:
    """Name, line and length of every function."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.lineno, (node.end_lineno or node.lineno) - node.lineno + 1


def judge(kind: str, sizes: dict[str, int], limits: dict[str, int]) -> bool:
    """Print the figures; the largest ones by name when a limit is passed."""
    ordered = sorted(sizes.values())
    figures = {
        "median": ordered[len(ordered) // 2],
        "p90": ordered[int(len(ordered) * 0.9)],
        "max": ordered[-1],
    }
    within = all(figures[name] <= limit for name, limit in limits.items())
    words = ", ".join(f"{name} {figures[name]} (at most {limit})" for name, limit in limits.items())
    print(f"{len(ordered)} {kind}s: {words}{'' if within else '  <-- too long'}")
    if not within:
        for name in sorted(sizes, key=lambda name: -sizes[name])[:8]:
            print(f"  {sizes[name]:4}  {name}")
    return within


if __name__ == "__main__":
    sys.exit(main())
