"""Files attached to records."""

from api.files import DownloadRoute, UploadRoute
from api.route import Route
from crm.files import mutations, queries

ABOUT = ("filename", "contact_id", "deal_id", "company_id", "activity_id")

routes = [
    Route("GET", "/files", queries.list_attachments),
    UploadRoute(
        "POST", "/files", mutations.create_attachment, query=ABOUT, status=201, location="/files/{id}"
    ),
    Route("GET", "/files/{file_id}", queries.get_attachment),
    DownloadRoute("GET", "/files/{file_id}/content", queries.open_attachment),
    Route("DELETE", "/files/{file_id}", mutations.archive_attachment),
    Route("POST", "/files/{file_id}/restore", mutations.restore_attachment),
]
