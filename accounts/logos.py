"""The firm's logo: a picture that is drawn anew when it comes, so that nothing but pixels is kept of the file.

What a browser shows to everybody (the log-in page, emails, public forms) must not be able to do anything. So the
file's bytes are never served: the picture is decoded, turned upright, cropped to what is visible, made small and
written as a PNG. Scripts, metadata (a camera's place) and whatever hides behind a picture's end stay behind. SVG is a
document that may hold scripts and is refused. The row lies in the public schema: who has no log-in may see it.
"""

import hashlib
from io import BytesIO
from typing import Protocol

from django.conf import settings
from PIL import Image, ImageOps

from accounts.models import Tenant
from realtime.functions import Phrase, TooLarge, invalid
from realtime.functions.errors import InvalidInput

#: What may come: bytes, and pixels before anything is decoded (a small file can hold a huge picture).
MAX_BYTES = 2_000_000
MAX_PIXELS = 16_000_000
#: What is kept fits into this, which is twice as large as it is ever shown.
SIZE = (640, 160)
FORMATS = ("PNG", "JPEG", "WEBP")
BLOCK = 64 * 1024


class Readable(Protocol):
    """Where the bytes of a picture come from."""

    def read(self, size: int, /) -> bytes: ...


def read_picture(source: Readable) -> bytes:
    """The file's bytes; TooLarge as soon as more than ``MAX_BYTES`` have come."""
    found = bytearray()
    while block := source.read(BLOCK):
        found += block
        if len(found) > MAX_BYTES:
            raise TooLarge(Phrase("A logo may hold up to %(most)s MB.", most=MAX_BYTES // 1_000_000))
    return bytes(found)


def drawn(picture: bytes) -> bytes:
    """The picture as a PNG that fits into ``SIZE``. InvalidInput unless it is a PNG, JPEG or WebP, by its content."""
    try:
        with Image.open(BytesIO(picture), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise _refusal("This picture has too many pixels: make it smaller.", "too_many_pixels")
            opened.draft("RGB", SIZE)
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except InvalidInput:
        raise
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        raise _unreadable(picture) from None
    visible = upright.crop(upright.getchannel("A").getbbox())
    if not visible.width or not visible.height or visible.getchannel("A").getbbox() is None:
        raise _refusal("Nothing of this picture can be seen.", "invisible")
    visible.thumbnail(SIZE, Image.Resampling.LANCZOS)
    written = BytesIO()
    visible.save(written, "PNG", optimize=True)
    return written.getvalue()


def _unreadable(picture: bytes) -> InvalidInput:
    if b"<svg" in picture[:4096].lower():
        return _refusal("An SVG may hold scripts. Export it as a PNG, and choose that.", "svg")
    return _refusal("Choose a picture: PNG, JPEG or WebP.", "not_a_picture")


def _refusal(detail: str, code: str) -> InvalidInput:
    return invalid("picture", detail, code)


def name_of_logo(png: bytes) -> str:
    """What a tenant's row says of the logo: its width and height, so that pages leave room for it, and its digest."""
    with Image.open(BytesIO(png), formats=("PNG",)) as opened:
        size = f"{opened.width}x{opened.height}"
    return f"{size}-{hashlib.sha256(png).hexdigest()[:24]}"


def address_of_logo(slug: str, logo: str) -> str | None:
    """Where the logo is found from anywhere, such as from an email; None without one."""
    return f"{settings.SITE_URL}{Tenant(slug=slug, logo=logo).logo_path}" if logo else None
