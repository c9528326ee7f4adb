"""Sending a stored file: always as a download, unless it is a picture that a browser can do no harm with."""

from typing import Any

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from crm.files.storing import blocks_of

#: What may be shown in place. Not SVG and not HTML: both can hold scripts.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}


def file_response(schema: str, stored: Any, *, in_place: bool = False) -> StreamingHttpResponse:
    """The file as a stream, under its name; only pictures keep their type in place."""
    is_picture = stored["content_type"] in PICTURES
    kind = stored["content_type"] if is_picture else "application/octet-stream"
    response = StreamingHttpResponse(blocks_of(schema, stored["key"]), content_type=kind, headers=HEADERS)
    response["Content-Length"] = str(stored["size"])
    response["ETag"] = f'"{stored["sha256"]}"'
    disposition = content_disposition_header(not (in_place and is_picture), stored["filename"])
    if disposition:
        response["Content-Disposition"] = disposition
    return response
