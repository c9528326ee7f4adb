"""Static files: cached for good under their version, and found by pages of another version."""

import gzip
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from whitenoise.middleware import WhiteNoiseMiddleware

from config import assets
from config.static_version import is_collected, static_version

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


def test_files_are_compressed_once_a_version(tmp_path: Path) -> None:
    for age in range(1, 5):
        (tmp_path / f"older{age}").mkdir()
        os.utime(tmp_path / f"older{age}", (10_000 - age, 10_000 - age))
    (tmp_path / "this" / "crm/js").mkdir(parents=True)
    (tmp_path / "this" / APP).write_text("half of it, as the first try was interrupted")
    root, address = tmp_path / "this", settings.STATIC_URL + APP
    with override_settings(STATIC_ROOT=root, WHITENOISE_AUTOREFRESH=False, WHITENOISE_USE_FINDERS=False):
        assets.collect()
        assert is_collected(root)
        assert {folder.name for folder in tmp_path.iterdir()} == {"this", "older1", "older2"}

        serve = WhiteNoiseMiddleware(lambda request: HttpResponse(status=404))
        plain = serve(RequestFactory().get(address))
        small = serve(RequestFactory().get(address, headers={"accept-encoding": "gzip, br"}))
        whole = (settings.BASE_DIR / "crm/web/static" / APP).read_bytes()
        assert b"".join(plain) == whole
        assert gzip.decompress(b"".join(small)) == whole
        assert (small["Content-Encoding"], small["Vary"]) == ("gzip", "Accept-Encoding")
        assert "immutable" in small["Cache-Control"]
        of_packages = serve(RequestFactory().get(settings.STATIC_URL + "admin/css/base.css"))
        assert of_packages.status_code == 200
        of_packages.close()

        copy = root / f"{APP}.gz"
        copy.unlink()
        assets.collect()
        assert not copy.exists()  # nothing is done twice
