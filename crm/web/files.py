"""Files on records: uploaded by a script or a plain form, sent as downloads."""

from typing import Any, cast

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.files import mutations
from crm.files.queries import get_attachment, open_attachment
from crm.files.storing import store, too_large
from crm.web.answers import done, saved
from crm.web.downloads import file_response
from crm.web.numbers import whole
from crm.web.pages import PageRequest, ask, page
from realtime.functions import invalid
from realtime.functions.call import call, permit

SUBJECTS = ("contact", "deal", "company")
WORDS = (*(f"{subject}_id" for subject in SUBJECTS), "activity_id")


@page
@require_POST
def file_new(request: PageRequest) -> HttpResponse:
    """Attach a file: the body itself, or a form's field. The address names the record and, for a body, the file."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and int(length) > settings.FILES_MAX_BYTES:
        raise too_large()
    permit(mutations.create_attachment, request.ctx)
    source, filename = _upload_of(request)
    args: dict[str, Any] = {
        name: pk for name in WORDS if (pk := whole(request.GET.get(name, ""))) is not None
    }
    args |= {"upload": store(request.ctx, source, filename), "filename": filename}
    row = call(mutations.create_attachment, request.ctx.again(), args)
    return saved(request, _page_of(row))


def _upload_of(request: PageRequest) -> tuple[Any, str]:
    if request.content_type != "multipart/form-data":
        return request, request.GET.get("filename", "")
    uploaded = request.FILES.get("file")
    if uploaded is None:
        raise invalid("file", "Choose a file.", "required")
    return uploaded, uploaded.name or ""


@page
@require_GET
def file_content(request: PageRequest, file_id: int) -> HttpResponse:
    """The file as a download; a picture in place if the address asks for it."""
    stored = ask(request.ctx, open_attachment, file_id=file_id)
    found: Any = file_response(request.ctx.schema, stored, in_place="show" in request.GET)
    return cast("HttpResponse", found)


@page
@require_POST
def file_archive(request: PageRequest, file_id: int) -> HttpResponse:
    """Put a file into the bin."""
    row: Any = ask(request.ctx, get_attachment, file_id=file_id)
    call(mutations.archive_attachment, request.ctx.again(), {"file_id": file_id})
    return done(request, _("Moved to the bin."), _page_of(row))


@page
@require_POST
def file_restore(request: PageRequest, file_id: int) -> HttpResponse:
    """Take a file out of the bin."""
    row = call(mutations.restore_attachment, request.ctx, {"file_id": file_id})
    return done(request, _("File restored."), _page_of(row))


def _page_of(row: Any) -> str:
    return reverse(row["subject"], args=[row[f"{row['subject']}_id"]])
