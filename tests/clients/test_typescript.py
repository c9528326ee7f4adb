"""The TypeScript client: compiled, and run on Node against a real server. That it is current, make check says."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from accounts.api_keys import create_api_key
from accounts.models import Tenant
from accounts.tenancy import public_context
from scripts.node import CLIENT, has_node, install_packages
from scripts.typescript import type_of
from tests.cast import Cast, Person
from tests.processes import PATIENCE


@pytest.fixture(scope="module")
def packages() -> Path:
    """The folder of the installed packages' programs."""
    assert has_node(), "python -m scripts.tools installs what is missing"
    install_packages()
    return CLIENT / "node_modules" / ".bin"


@pytest.fixture(scope="module")
def compiled(packages: Path) -> None:
    """The client as JavaScript in dist."""
    run(str(packages / "tsc"))


def run(*command: str, **environment: str) -> str:
    """What a program in the client's folder printed; it must succeed."""
    done = subprocess.run(
        command,
        check=False,
        cwd=CLIENT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=4 * PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_types_allow_what_the_registry_does(packages: Path) -> None:
    run(str(packages / "tsc"), "-p", "tsconfig.tests.json")


def test_types_fit_react_native(packages: Path) -> None:
    """Against what React Native has in place of a browser."""
    run(str(packages / "tsc"), "-p", "tsconfig.native.json")


def key_of(person: Person) -> str:
    """A new API key."""
    with public_context():
        tenant = Tenant.objects.get(schema_name=person.schema)
        fields = {"tenant_id": tenant.pk, "member_id": person.member_id}
        return create_api_key(**fields, name="Node", scopes=["read", "write"])[1]


@pytest.mark.parametrize("file", ["client", "react", "native"])
def test_on_node(compiled: None, address: str, cast: Cast, file: str) -> None:
    environment = {"ADDRESS": address, "OLIVIA": key_of(cast.olivia), "ALICE": key_of(cast.alice)}
    said = run("node", "--test", "--test-reporter=tap", f"tests/{file}.test.mjs", **environment)
    assert "# fail 0" in said
    assert "# pass 0" not in said


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((CLIENT / "package-lock.json").read_text())
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer"}, "number"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string | null"),
        ({"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, "(string | null)[]"),
        ({"enum": ["a", 1, None]}, '"a" | 1 | null'),
        ({"$ref": "Page_ContactRow_"}, "PageContactRow"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "Record<string, number>"),
        ({"type": "object"}, "Record<string, unknown>"),
        ({}, "unknown"),
        ({"type": "array", "prefixItems": [{"type": "string"}, {"$ref": "B"}]}, "[string, B]"),
        (
            {"type": "object", "properties": {"a": {"type": "string"}, "b-c": {}}, "required": ["a"]},
            '{\n  a: string;\n  "b-c"?: unknown;\n}',
        ),
    ],
)
def test_types_of_schemas(schema: dict, expected: str) -> None:
    assert type_of(schema) == expected
