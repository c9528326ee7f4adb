"""How many SQL statements each GET takes, exactly, with several rows of everything there.

Two are every request's: the key, and the member with all that they may do. The search path, too, is set once a
request; whether that is still to do inside a test depends on what ran before, so it is not counted here.
"""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tenancy import tenant_context
from api.route import Route
from api.v1 import ROUTES
from tests.api.conftest import ApiClient, new_client
from tests.cast import ACME, Cast
from tests.crm.files.conftest import attach, module_folder
from workflows.runs.models import Run

FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET ")
EXPECTED = {
    "GET /me": 7,
    "GET /me/devices": 4,
    "GET /tenant": 3,
    "GET /billing": 6,
    "GET /usage": 5,
    "GET /billing/plans": 3,
    "GET /billing/invoices": 3,
    "GET /me/first-steps": 3,
    "GET /search": 4,  # the last looks into the background, where few are found by name
    "GET /api-keys": 4,
    "GET /views": 3,
    "GET /views/{view_id}": 3,
    "GET /views/{view_id}/results": 4,
    "GET /custom-fields": 3,
    "GET /contacts": 3,
    "GET /contacts/lookup": 3,
    "GET /contacts/stages": 3,
    "GET /contacts/{contact_id}": 3,
    "GET /contacts/{contact_id}/profile": 6,
    "GET /contacts/{contact_id}/consents": 4,
    "GET /contacts/pool": 3,
    "GET /lead-sources": 3,
    "GET /tags": 3,
    "GET /companies": 3,
    "GET /companies/{company_id}/roles": 4,
    "GET /companies/{company_id}": 3,
    "GET /deals": 3,
    "GET /deals/{deal_id}": 3,
    "GET /deals/board": 5,
    "GET /deals/board/{stage_id}": 5,
    "GET /deals/{deal_id}/stage-changes": 4,
    "GET /deals/{deal_id}/contacts": 4,
    "GET /deals/{deal_id}/members": 4,
    "GET /reports/summary": 4,
    "GET /reports/pipeline": 5,
    "GET /reports/funnel": 6,
    "GET /reports/velocity": 5,
    "GET /reports/forecast": 5,
    "GET /reports/won-lost": 6,
    "GET /reports/sources": 5,
    "GET /reports/activity": 6,
    "GET /reports/leaderboard": 4,
    "GET /goals": 4,
    "GET /bin/{object}": 3,
    "GET /lost-reasons": 3,
    "GET /pipelines": 4,
    "GET /tasks": 3,
    "GET /tasks/{task_id}": 4,
    "GET /activities": 3,
    "GET /activities/{activity_id}": 3,
    "GET /contacts/{contact_id}/timeline": 4,
    "GET /files/{file_id}": 3,
    "GET /files/{file_id}/content": 3,
    "GET /files": 4,
    "GET /contacts/{contact_id}/messages": 4,
    "GET /messages/{message_id}": 4,
    "GET /mail-threads": 3,
    "GET /mail-threads/{thread_id}": 3,
    "GET /mail-threads/{thread_id}/messages": 4,
    "GET /mail-templates": 3,
    "GET /mail-templates/{template_id}": 3,
    "GET /merge-fields": 3,
    "GET /suppressions": 3,
    "GET /mailboxes": 3,
    "GET /notifications": 3,
    "GET /notifications/unread": 3,
    "GET /notifications/preferences": 3,
    "GET /members": 4,
    "GET /members/{member_id}": 4,
    "GET /invitations": 3,
    "GET /teams": 4,
    "GET /roles": 5,
    "GET /roles/{role_id}": 5,
    "GET /forms": 3,
    "GET /forms/{form_id}": 4,
    "GET /forms/{form_id}/submissions": 5,
    "GET /sequences": 5,
    "GET /sequences/{sequence_id}": 6,
    "GET /sequences/{sequence_id}/steps": 5,
    "GET /sequences/{sequence_id}/enrollments": 5,
    "GET /sequences/{sequence_id}/intakes": 4,
    "GET /enrollments/{enrollment_id}": 5,
    "GET /contacts/{contact_id}/enrollments": 4,
    "GET /automations": 3,
    "GET /automations/{automation_id}": 4,
    "GET /automations/{automation_id}/versions/{number}": 4,
    "GET /automations/{automation_id}/try": 8,
    "GET /automations/{automation_id}/reach": 3,
    "GET /signing-secret": 3,
    "GET /automations/{automation_id}/runs": 4,
    "GET /routing-rules": 4,
    "GET /audit": 4,
    "GET /changes": 21,  # of these one for each table, as it begins from nothing
    "GET /runs": 3,
    "GET /runs/{run_id}": 7,
}
QUERIES = {
    "/contacts/lookup": "?email=a@example.org",
    "/search": "?q=ada",
    "/automations/{automation_id}/try": "?record_id={contact_id}",
    "/files": "?contact_id={contact_id}",
}
#: A fixture of the files' tests, used here.
_ = module_folder
READING = [route for route in ROUTES if route.method == "GET"]


@pytest.fixture(scope="module")
def olivia(module_rows: None, cast: Cast) -> ApiClient:
    """Acme's owner, with one key for all tests."""
    return new_client(cast.olivia)


@pytest.fixture(scope="module")
def ids(olivia: ApiClient, cast: Cast, module_folder: Path) -> dict[str, int]:
    """Three of everything; the ids of the last ones."""
    ids = {"member_id": cast.alice.member_id, "role_id": olivia.get("/roles").data[0]["id"]}
    ids["stage_id"] = olivia.get("/pipelines").data[0]["stages"][0]["id"]
    for number in range(3):
        company = olivia.post("/companies", {"name": f"Firm {number}"}).data["id"]
        contact = olivia.post(
            "/contacts", {"first_name": "Ada", "email": "a@b.test", "company_id": company}
        ).data["id"]
        deal = olivia.post("/deals", {"title": "Deal", "contact_id": contact}).data["id"]
        task = olivia.post("/tasks", {"title": "Call", "contact_id": contact, "deal_id": deal}).data["id"]
        note = olivia.post("/activities", {"contact_id": contact, "body": "Hello"}).data["id"]
        mail = olivia.post(f"/contacts/{contact}/messages", {"subject": "Hi", "body": "Hello"}).data
        template = {"name": f"Hello {number}", "subject": "Hi", "body": "Hello"}
        template_id = olivia.post("/mail-templates", template).data["id"]
        view = {"object": "contact", "name": f"View {number}", "filter": {"field": "owner_id", "op": "is_me"}}
        ids["view_id"] = olivia.post("/views", view).data["id"]
        invited = {"email": f"new{number}@example.org", "role_id": ids["role_id"]}
        assert olivia.post("/invitations", invited).status == 201
        assert olivia.post("/api-keys", {"name": "other"}).status == 201
    with tenant_context(ACME):
        run = Run.objects.create(workflow="task_reminder", version=1, code_hash="", args={})
        file = attach(cast.olivia, contact)
    trigger = {"kind": "by_hand", "object": "contact"}
    automation = olivia.post("/automations", {"name": "Greet", "trigger": trigger}).data["id"]
    step = {"id": "a", "kind": "create_task", "title": "Greet {contact.first_name}"}
    assert olivia.post(f"/automations/{automation}/steps", {"step": step}).status == 201
    assert olivia.post(f"/automations/{automation}/publish").status == 200
    ids |= {"automation_id": automation, "number": 1}
    sequence = olivia.post("/sequences", {"name": "Welcome"}).data["id"]
    for days in (1, 2):
        assert (
            olivia.post(f"/sequences/{sequence}/steps", {"step": {"kind": "wait", "days": days}}).status
            == 201
        )
    olivia.post(f"/sequences/{sequence}/publish")
    enrolled = olivia.post(f"/contacts/{contact}/enrollments", {"sequence_id": sequence})
    ids |= {"sequence_id": sequence, "enrollment_id": enrolled.data["id"]}
    form = olivia.post("/forms", {"name": "Enquiry"}).data
    assert olivia.post(f"/forms/{form['token']}", {"email": "ada@example.org"}).status == 201
    ids["form_id"] = form["id"]
    made = {"run_id": run.pk, "company_id": company, "contact_id": contact, "deal_id": deal, "task_id": task}
    made |= {"message_id": mail["id"], "thread_id": mail["thread_id"], "template_id": template_id}
    return ids | made | {"activity_id": note, "object": "contact", "file_id": file.pk}


def test_the_table_is_complete() -> None:
    assert EXPECTED.keys() == {f"GET {route.path}" for route in READING}


@pytest.mark.django_db
@pytest.mark.parametrize("route", READING, ids=lambda route: route.path)
def test_statements(route: Route, olivia: ApiClient, ids: dict[str, int]) -> None:
    path = route.path.format_map(ids) + QUERIES.get(route.path, "").format_map(ids)
    olivia.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert olivia.get(path).status == 200
    statements = [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(FRAME)]
    assert len(statements) == EXPECTED[f"GET {route.path}"], "\n".join(statements)
