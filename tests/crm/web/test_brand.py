"""The brand colour is the accent, and whatever it is, texts and controls can be read in both themes."""

import pytest
from django.test import Client

from accounts.models import Tenant
from accounts.tenancy import public_context
from crm.web.brand import (
    BUILT_IN,
    DARK_ACTIVE,
    DARK_CANVAS,
    LIGHT_ACTIVE,
    LIGHT_CANVAS,
    contrast,
    tokens,
)
from tests.cast import Cast
from tests.crm.web.conftest import Browse

COLORS = [
    f"#{red}{green}{blue}"
    for red in ("00", "5a", "ff")
    for green in ("00", "7f", "ff")
    for blue in ("00", "a0", "ff")
]


def test_contrast_is_wcags() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("color", COLORS)
def test_every_colour_can_be_read(color: str) -> None:
    found = tokens(color)
    light, dark = ({name: pair[theme] for name, pair in found.items()} for theme in (0, 1))
    for theme in (light, dark):
        assert contrast(theme["accent"], "#ffffff") >= 4.5
        assert contrast(theme["accent-hover"], "#ffffff") >= 4.5
        assert contrast(theme["accent-text"], theme["accent-soft"]) >= 4.5
        assert contrast(theme["accent-text"], theme["selected"]) >= 4.5
    assert contrast(light["accent-text"], LIGHT_ACTIVE) >= 4.5
    assert contrast(dark["accent-text"], DARK_ACTIVE) >= 4.5
    assert contrast(light["accent"], LIGHT_CANVAS) >= 3
    assert contrast(dark["accent"], DARK_CANVAS) >= 3
    assert contrast(light["focus"], LIGHT_CANVAS) >= 3
    assert contrast(dark["focus"], DARK_CANVAS) >= 3


def test_a_workspace_shows_its_colour(browse: Browse, cast: Cast, acme: str) -> None:
    alice, charlie = browse(cast.alice), browse(cast.charlie)
    assert "/brand/" not in alice.get("/tasks/").content.decode()
    with public_context():
        Tenant.objects.filter(schema_name=acme).update(brand_color="#C2410C")
    assert '<link rel="stylesheet" href="/brand/c2410c.css">' in alice.get("/tasks/").content.decode()
    assert "/brand/" not in charlie.get("/tasks/").content.decode()


@pytest.mark.django_db
def test_the_sheet_depends_on_its_address_alone() -> None:
    answer = Client().get("/brand/c2410c.css", headers={"host": "localhost"})
    assert answer["Content-Type"] == "text/css"
    assert "immutable" in answer["Cache-Control"]
    light, dark = tokens("#c2410c")["accent"]
    assert f"--accent: light-dark({light}, {dark});" in answer.content.decode()
    for wrong in ("c2410", "C2410C", "zzzzzz", "c2410c0"):
        assert Client().get(f"/brand/{wrong}.css", headers={"host": "localhost"}).status_code == 404


def test_the_built_in_accent_is_what_a_new_workspace_has() -> None:
    assert Tenant._meta.get_field("brand_color").default == BUILT_IN
