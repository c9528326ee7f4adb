"""Static files: cached for good under their version, and found by pages of another version."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from config.static_version import static_version

APP = "crm/js/app.js"


def test_version_follows_the_content(tmp_path: Path) -> None:
    (tmp_path / "app.js").write_text("1")
    before = static_version(tmp_path)
    assert static_version(tmp_path) == before
    (tmp_path / "app.js").write_text("2")
    after = static_version(tmp_path)
    (tmp_path / "app.js").rename(tmp_path / "other.js")
    assert len({before, after, static_version(tmp_path)}) == 3


@pytest.mark.usefixtures("db")
def test_files_are_cached_for_good(client: Client) -> None:
    response = client.get(settings.STATIC_URL + APP, headers={"host": "localhost"})
    assert response.status_code == 200
    assert "immutable" in response["Cache-Control"]


@pytest.mark.usefixtures("db")
def test_files_of_another_version(client: Client) -> None:
    response = client.get(f"/static/0123456789/{APP}", headers={"host": "localhost"})
    assert (response.status_code, response["Location"]) == (302, settings.STATIC_URL + APP)
    assert client.get(f"{settings.STATIC_URL}nothing.js", headers={"host": "localhost"}).status_code == 404
