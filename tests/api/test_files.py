"""Files over REST: the body is the file, the answer too, and neither can do harm."""

from pathlib import Path

import pytest

from accounts.tenancy import tenant_context
from crm.files.models import Attachment
from tests.api.conftest import Answer, ApiClient
from tests.cast import ACME, Cast
from tests.crm.files.conftest import folder

#: A fixture of the files' tests, used here.
_ = folder


@pytest.fixture
def ada(olivia: ApiClient, folder: Path) -> int:
    return olivia.post("/contacts", {"first_name": "Ada"}).data["id"]


def upload(client: ApiClient, ada: int, body: bytes, name: str, query: str = "") -> object:
    path = f"/files?contact_id={ada}&filename={name}{query}"
    return client.request("POST", path, raw=body, content_type="text/html")


def test_up_and_down(olivia: ApiClient, ada: int) -> None:
    body = b"<script>alert(1)</script>" * 5000
    made = upload(olivia, ada, body, "page.html")
    assert made.status == 201
    assert made.headers["Location"] == f"/api/v1/files/{made.data['id']}"
    assert olivia.get(f"/files/{made.data['id']}").data["size"] == len(body)
    down = olivia.get(f"/files/{made.data['id']}/content")
    assert down.body == body
    assert down.headers["Content-Type"] == "application/octet-stream"
    assert down.headers["Content-Disposition"] == 'attachment; filename="page.html"'
    assert down.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in down.headers["Content-Security-Policy"]


def test_svg_is_never_shown_in_place_and_pictures_are(olivia: ApiClient, ada: int) -> None:
    kinds = {"a.svg": "application/octet-stream", "a.png": "image/png"}
    for name, kind in kinds.items():
        made = upload(olivia, ada, b"x", name).data["id"]
        assert olivia.get(f"/files/{made}/content").headers["Content-Type"] == kind


def test_too_large_is_413_and_leaves_nothing(olivia: ApiClient, ada: int, settings: object) -> None:
    settings.FILES_MAX_BYTES = 1_000_000
    problem = upload(olivia, ada, b"x" * 1_000_001, "a.bin").refused(413, "too_large")
    assert problem["detail"] == "A file may hold up to 1 MB."
    with tenant_context(ACME):
        assert not Attachment.objects.exists()


def test_a_dry_run_attaches_nothing(olivia: ApiClient, ada: int) -> None:
    assert upload(olivia, ada, b"x", "a.txt", "&dry_run=true").status == 200
    with tenant_context(ACME):
        assert not Attachment.objects.exists()


def test_what_is_missing_is_named(olivia: ApiClient, ada: int) -> None:
    olivia.request("POST", "/files?filename=a.txt", raw=b"x").refused(422, "invalid_input")
    olivia.request("POST", f"/files?contact_id={ada}", raw=b"x").refused(422, "invalid_input")
    olivia.request("POST", f"/files?contact_id={ada}&filename=a", raw=b"").refused(422, "invalid_input")
    olivia.request("POST", "/files?contact_id=999999&filename=a", raw=b"x").refused(404, "not_found")


def test_another_tenants_file_is_not_there(
    olivia: ApiClient, charlie: ApiClient, ada: int, cast: Cast
) -> None:
    made = upload(olivia, ada, b"x", "a.txt").data["id"]
    for path in (f"/files/{made}", f"/files/{made}/content", f"/files?contact_id={ada}"):
        charlie.get(path).refused(404, "not_found")


def test_the_firms_logo(olivia: ApiClient, alice: ApiClient) -> None:
    png = (Path(__file__).resolve().parents[2] / "crm/web/static/crm/img/touch.png").read_bytes()
    made = olivia.request("PUT", "/tenant/logo", raw=png, content_type="image/png")
    assert made.data["logo_url"].startswith("http")
    assert olivia.get("/tenant").data["logo_url"] == made.data["logo_url"]
    for body in (b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", png[:60]):
        olivia.request("PUT", "/tenant/logo", raw=body, content_type="image/png").refused(
            422, "invalid_input"
        )
    olivia.request("PUT", "/tenant/logo", raw=bytes(2_000_001)).refused(413, "too_large")
    alice.request("PUT", "/tenant/logo", raw=png).refused(403, "forbidden")
    alice.request("DELETE", "/tenant/logo").refused(403, "forbidden")
    assert olivia.request("PATCH", "/tenant", {"logo_url": "x"}).status == 422
    assert olivia.request("DELETE", "/tenant/logo").data["logo_url"] is None


def test_a_repeated_upload_is_one_file(olivia: ApiClient, ada: int) -> None:
    def send(body: bytes, name: str = "a.txt") -> Answer:
        path = f"/files?contact_id={ada}&filename={name}"
        return olivia.request("POST", path, raw=body, content_type="text/plain", Idempotency_Key="u1")

    first, again = send(b"one"), send(b"one")
    assert (again.status, again.data) == (201, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"
    send(b"two").refused(409, "conflict")
    send(b"one", "b.txt").refused(409, "conflict")
    with tenant_context(ACME):
        assert Attachment.objects.count() == 1
