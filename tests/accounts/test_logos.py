"""A logo is drawn anew: what is kept is a small PNG, and nothing else of the file."""

from base64 import b64encode
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image, PngImagePlugin

from accounts.logos import MAX_BYTES, SIZE, drawn, name_of_logo, read_picture
from accounts.models import OutgoingEmail, Tenant, TenantLogo
from accounts.outbox import queue_email
from accounts.tenancy import tenant_context
from realtime.functions import Forbidden, InvalidInput, TooLarge
from realtime.functions.call import call
from tests.cast import ACME, Cast


def picture(
    kind: str = "PNG", size: tuple[int, int] = (800, 200), mode: str = "RGB", **options: object
) -> bytes:
    """A plain picture."""
    written = BytesIO()
    Image.new(mode, size, "#c2410c").save(written, kind, **options)
    return written.getvalue()


def text(png: bytes) -> str:
    return b64encode(png).decode()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_three_kinds_become_a_small_png(kind: str) -> None:
    png = drawn(picture(kind))
    with Image.open(BytesIO(png)) as found:
        assert (found.format, found.size) == ("PNG", (640, 160))
        red, green, blue, alpha = found.getpixel((320, 80))  # type: ignore[misc]  # a picture of four bands
    assert (alpha, red > 180, green < 90, blue < 40) == (255, True, True, True)
    assert name_of_logo(png).startswith("640x160-")


def test_nothing_but_pixels_is_kept() -> None:
    """Texts, a camera's place and what hangs behind the picture's end go."""
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "<script>alert(1)</script>")
    exif = Image.Exif()
    exif[0x010E] = "at home"
    png = drawn(picture(pnginfo=notes, exif=exif) + b"<html><script>alert(2)</script>")
    assert b"script" not in png
    assert b"at home" not in png


def test_it_is_turned_upright_and_cropped_to_what_is_visible() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # a camera held upright
    with Image.open(BytesIO(drawn(picture("JPEG", (300, 100), exif=exif)))) as found:
        assert found.width < found.height
    wide = Image.new("RGBA", (400, 400))
    wide.paste("red", (100, 150, 300, 200))
    written = BytesIO()
    wide.save(written, "PNG")
    with Image.open(BytesIO(drawn(written.getvalue()))) as found:
        assert found.size == (200, 50)


WRONG = {
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "not_a_picture": b"GIF89a" + bytes(100),
    "too_many_pixels": picture(size=(8000, 2100), mode="1"),
}


def invisible() -> bytes:
    written = BytesIO()
    Image.new("RGBA", (20, 20)).save(written, "PNG")
    return written.getvalue()


@pytest.mark.parametrize("code", ["svg", "not_a_picture", "too_many_pixels", "invisible"])
def test_what_is_no_logo_is_refused_by_its_content(code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        drawn(invisible() if code == "invisible" else WRONG[code])
    assert caught.value.errors[0]["code"] == code


@pytest.mark.parametrize("body", [b"", b"\x89PNG\r\n\x1a\n", picture()[:80], b"%PDF-1.7", b"<html>"])
def test_a_broken_file_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        drawn(body)


def test_reading_stops_at_the_limit() -> None:
    class Endless:
        given = 0

        def read(self, size: int, /) -> bytes:
            self.given += size
            return bytes(size)

    source = Endless()
    with pytest.raises(TooLarge):
        read_picture(source)
    assert source.given < MAX_BYTES + 200_000


def set_logo(cast: Cast) -> Tenant:
    call("accounts.set_logo", cast.olivia.context(), {"picture": text(picture())})
    return Tenant.objects.get(schema_name=ACME)


def test_it_is_set_named_served_and_taken_away(acme: str, cast: Cast) -> None:
    tenant = set_logo(cast)
    row = call("accounts.get_tenant", cast.alice.context())
    assert row["logo_url"].endswith(tenant.logo_path)
    assert (tenant.logo_size, tenant.has_wide_logo) == (SIZE, True)
    anybody = Client(headers={"host": "localhost"})
    answer = anybody.get(tenant.logo_path)
    assert answer["Content-Type"] == "image/png"
    assert "immutable" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]
    assert drawn(answer.content) == answer.content
    old = anybody.get(f"/logos/{tenant.slug}/1x1-of-before.png")
    assert (old.status_code, old["Location"]) == (302, tenant.logo_path)
    call("accounts.delete_logo", cast.olivia.context())
    assert not TenantLogo.objects.exists()
    assert anybody.get(tenant.logo_path).status_code == 404
    assert call("accounts.get_tenant", cast.olivia.context())["logo_url"] is None


def test_another_firm_keeps_its_own(acme: str, cast: Cast) -> None:
    tenant = set_logo(cast)
    with tenant_context(cast.charlie.schema):
        assert call("accounts.get_tenant", cast.charlie.context())["logo_url"] is None
        call("accounts.delete_logo", cast.charlie.context())
    assert TenantLogo.objects.get().tenant_id == tenant.pk
    name = tenant.logo_path.rpartition("/")[2]
    assert Client(headers={"host": "localhost"}).get(f"/logos/globex/{name}").status_code == 404


def test_only_who_manages_the_firm_sets_it(acme: str, cast: Cast) -> None:
    for function, args in (("set_logo", {"picture": text(picture())}), ("delete_logo", {})):
        with pytest.raises(Forbidden):
            call(f"accounts.{function}", cast.alice.context(), args)


def test_emails_bear_it(acme: str, cast: Cast) -> None:
    tenant = set_logo(cast)
    values = {"inviter": "Olivia", "tenant": "Acme", "role": "Agent", "link": "https://x.test/"}
    for schema in (ACME, cast.charlie.schema):
        queue_email(schema, "new@acme.test", "Join", "invitation", values)
    plain, ours = OutgoingEmail.objects.order_by("tenant__slug").values_list("html", flat=True).reverse()
    assert f'{tenant.logo_path}" alt="{tenant.name}" width="128" height="32"' in ours
    assert "<img" not in plain
