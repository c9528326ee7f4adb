"""The conventions that every route shares, shown on contacts."""

import pytest

from accounts.roles.models import FieldPermission, Role
from accounts.tenancy import tenant_context
from api.v1 import ROUTES
from tests.api.conftest import ApiClient, new_client
from tests.cast import ACME, Cast


def create(client: ApiClient, **fields):
    return client.post("/contacts", {"first_name": "Ada", **fields}).data


def test_create_answers_201_with_the_record_and_where_it_is(olivia: ApiClient) -> None:
    answer = olivia.post("/contacts", {"first_name": "Ada", "email": "ada@example.org"})
    assert answer.status == 201
    assert answer.data["full_name"] == "Ada"
    assert answer.meta == {"request_id": answer.headers["X-Request-Id"]}
    assert answer.headers["Location"] == f"/api/v1/contacts/{answer.data['id']}"
    again = olivia.get(answer.headers["Location"].removeprefix("/api/v1"))
    assert again.data == answer.data
    assert again.headers["ETag"] == answer.headers["ETag"]


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("/contacts?match=email", {"first_name": "Ada", "email": "ada@example.org"}),
        ("/companies?match=domain", {"name": "Engines", "domain": "engines.example"}),
    ],
)
def test_an_upsert_answers_201_only_where_it_creates(olivia: ApiClient, path: str, values: object) -> None:
    first, again = olivia.put(path, values), olivia.put(path, values)
    place = f"/api/v1{path.partition('?')[0]}/{first.data['id']}"
    assert (first.status, first.headers["Location"], first.data["created"]) == (201, place, True)
    assert (again.status, "Location" in again.headers, again.data["created"]) == (200, False, False)
    assert again.data["id"] == first.data["id"]


def test_lists_are_cut_into_pages(olivia: ApiClient) -> None:
    ids = [create(olivia, last_name=str(number))["id"] for number in range(5)]
    seen, cursor = [], ""
    while True:
        answer = olivia.get(f"/contacts?limit=2&sort=-created_at{cursor}")
        seen += [row["id"] for row in answer.data]
        if not answer.meta["has_more"]:
            break
        cursor = f"&cursor={answer.meta['next_cursor']}"
    assert seen == ids[::-1]
    assert answer.meta["next_cursor"] is None


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many", "1.5", "99999999999999999999999"])
def test_a_limit_outside_1_to_200_is_refused(olivia: ApiClient, limit: str) -> None:
    problem = olivia.get(f"/contacts?limit={limit}").refused(422, "invalid_input")
    assert problem["errors"][0]["param"] == "limit"


def test_fields_picks_keys_of_lists_and_records(olivia: ApiClient) -> None:
    contact = create(olivia)
    assert olivia.get("/contacts?fields=id,email").data == [{"id": contact["id"], "email": ""}]
    assert olivia.get(f"/contacts/{contact['id']}?fields=full_name").data == {"full_name": "Ada"}
    assert (
        "Name some of" in olivia.get("/contacts?fields=id,password").refused(422, "invalid_input")["detail"]
    )
    olivia.get("/contacts?fields=").refused(422, "invalid_input")


def test_updated_since_wants_a_time_zone(olivia: ApiClient) -> None:
    contact = create(olivia)
    assert olivia.get("/contacts?updated_since=2020-01-01T00:00:00Z").data[0]["id"] == contact["id"]
    assert olivia.get("/contacts?updated_since=2999-01-01T00:00:00Z").data == []
    olivia.get("/contacts?updated_since=2020-01-01T00:00:00").refused(422, "invalid_input")


def test_a_dry_run_answers_and_changes_nothing(olivia: ApiClient) -> None:
    answer = olivia.post("/contacts?dry_run=true", {"first_name": "Ada"}, Idempotency_Key="once")
    assert answer.status == 200
    assert answer.meta["dry_run"] is True
    assert answer.data["full_name"] == "Ada"
    assert "Location" not in answer.headers
    assert olivia.get("/contacts").data == []
    olivia.post("/contacts?dry_run=perhaps", {"first_name": "Ada"}).refused(422, "invalid_input")


class TestIdempotencyKey:
    def test_a_repeat_answers_as_the_first_time(self, olivia: ApiClient) -> None:
        first = olivia.post("/contacts", {"first_name": "Ada"}, Idempotency_Key="k1")
        again = olivia.post("/contacts", {"first_name": "Ada"}, Idempotency_Key="k1")
        assert (again.status, again.data) == (201, first.data)
        assert again.headers["Idempotency-Replayed"] == "true"
        assert "Idempotency-Replayed" not in first.headers
        assert again.headers["Location"] == first.headers["Location"]
        assert len(olivia.get("/contacts").data) == 1

    def test_another_body_is_a_conflict(self, olivia: ApiClient) -> None:
        olivia.post("/contacts", {"first_name": "Ada"}, Idempotency_Key="k1")
        olivia.post("/contacts", {"first_name": "Eva"}, Idempotency_Key="k1").refused(409, "conflict")

    def test_another_function_is_a_conflict(self, olivia: ApiClient) -> None:
        contact = olivia.post("/contacts", {"first_name": "Ada"}, Idempotency_Key="k1").data
        path = f"/contacts/{contact['id']}/restore"
        olivia.post(path, Idempotency_Key="k1").refused(409, "conflict")

    def test_a_refused_request_may_be_repeated(self, olivia: ApiClient) -> None:
        olivia.post("/contacts", {"first_name": ""}, Idempotency_Key="k1").refused(422, "invalid_input")
        assert olivia.post("/contacts", {"first_name": "Ada"}, Idempotency_Key="k1").status == 201

    @pytest.mark.parametrize("key", ["", "x" * 256, "tab\there"])
    def test_a_key_that_cannot_be_kept(self, olivia: ApiClient, key: str) -> None:
        olivia.post("/contacts", {"first_name": "Ada"}, Idempotency_Key=key).refused(422, "invalid_input")


class TestEntityTags:
    def test_if_match_lets_the_first_change_through(self, olivia: ApiClient) -> None:
        contact = create(olivia)
        path = f"/contacts/{contact['id']}"
        tag = olivia.get(path).headers["ETag"]
        assert olivia.patch(path, {"first_name": "Eva"}, If_Match=tag).data["version"] == 2
        olivia.patch(path, {"first_name": "Ida"}, If_Match=tag).refused(412, "precondition_failed")
        olivia.delete(path, If_Match=tag).refused(412, "precondition_failed")
        assert olivia.patch(path, {"first_name": "Ida"}, If_Match="*").data["full_name"] == "Ida"

    def test_a_tag_of_something_else(self, olivia: ApiClient) -> None:
        path = f"/contacts/{create(olivia)['id']}"
        for tag in ['W/"1"', '"x"', '"1", "2"', '"99999999999999999999"', '""']:
            olivia.patch(path, {"first_name": "Eva"}, If_Match=tag).refused(412, "precondition_failed")

    def test_what_is_no_tag(self, olivia: ApiClient) -> None:
        path = f"/contacts/{create(olivia)['id']}"
        for tag in ["1", "", '"1', "**", '"1" "2"']:
            olivia.patch(path, {"first_name": "Eva"}, If_Match=tag).refused(400, "bad_request")

    def test_where_no_version_is_taken_if_match_is_refused(self, olivia: ApiClient) -> None:
        path = f"/contacts/{create(olivia)['id']}/restore"
        olivia.post(path, If_Match='"1"').refused(400, "bad_request")

    def test_what_the_caller_has_is_not_sent_again(self, olivia: ApiClient) -> None:
        path = f"/contacts/{create(olivia)['id']}"
        for address in (path, "/contacts", "/contacts/stages"):
            tag = olivia.get(address).headers["ETag"]
            known = olivia.get(address, If_None_Match=tag)
            assert (known.status, known.body, known.headers["ETag"]) == (304, b"", tag)
            assert olivia.get(address, If_None_Match='"other"').status == 200
        before = olivia.get("/contacts").headers["ETag"]
        olivia.patch(path, {"first_name": "Eva"})
        assert olivia.get("/contacts", If_None_Match=before).status == 200

    def test_other_fields_are_another_representation(self, olivia: ApiClient) -> None:
        path = f"/contacts/{create(olivia)['id']}"
        assert olivia.get(path).headers["ETag"] != olivia.get(f"{path}?fields=id,version").headers["ETag"]


def test_head_answers_like_get_without_a_body(olivia: ApiClient) -> None:
    full, head = olivia.get("/contacts"), olivia.request("HEAD", "/contacts")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == full.headers["Content-Length"]


def test_every_answer_has_the_safety_headers(olivia: ApiClient) -> None:
    for answer in (olivia.get("/contacts"), olivia.get("/nowhere"), ApiClient("").get("/contacts")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert len(answer.headers["X-Request-Id"]) >= 8


def test_the_request_id_is_the_callers_if_it_is_sane(olivia: ApiClient) -> None:
    answer = olivia.get("/contacts", X_Request_Id="order-4711-abc")
    assert answer.headers["X-Request-Id"] == answer.meta["request_id"] == "order-4711-abc"
    assert olivia.get("/contacts", X_Request_Id="<script>").headers["X-Request-Id"] != "<script>"


LISTS = {
    "/contacts": ("full_name", "-last_activity_at", "-created_at", "-updated_at"),
    "/companies": ("name", "-name", "-created_at", "-updated_at"),
    "/deals": ("title", "-stage_entered_at", "-amount", "close_date", "-created_at", "-updated_at"),
    "/tasks": ("due_at", "-done_at", "-created_at", "-updated_at"),
    "/activities": ("occurred_at", "-occurred_at", "-created_at", "-updated_at"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("path", LISTS)
def test_each_order_is_one_whole_list_in_pages_of_one(world: ApiClient, path: str) -> None:
    for sort in LISTS[path]:
        whole = world.get(f"{path}?sort={sort}").data
        assert len(whole) >= 3
        values = [row[sort.lstrip("-")] for row in whole]
        told = [value for value in values if value is not None]
        assert values[: len(told)] == told
        if sort != "-amount":  # money comes as text
            assert told == sorted(told, reverse=sort.startswith("-")), sort
        found, cursor = [], ""
        for _ in whole:
            page = world.get(f"{path}?sort={sort}&limit=1&fields=id{cursor}")
            found += page.data
            cursor = f"&cursor={page.meta['next_cursor']}"
        assert found == [{"id": row["id"]} for row in whole], sort
        assert not page.meta["has_more"]
    world.get(f"{path}?sort=secret").refused(422, "invalid_input")


@pytest.fixture(scope="module")
def world(module_rows: None, cast: Cast) -> ApiClient:
    """Olivia's client, with three of everything."""
    olivia = new_client(cast.olivia)
    for number in (2, 1, 3):
        firm = olivia.post("/companies", {"name": f"Firm {number}"}).data["id"]
        ada = olivia.post("/contacts", {"first_name": f"Ada {number}", "company_id": firm}).data["id"]
        deal = {"title": f"Deal {number}", "amount": f"{number}.00", "contact_id": ada, "company_id": firm}
        more = {} if number == 3 else {"close_date": f"2030-01-0{number}"}
        olivia.post("/deals", deal | more)
        due = {} if number == 3 else {"due_at": f"2030-01-0{number}T09:00:00Z"}
        olivia.post("/tasks", {"title": f"Call {number}", "contact_id": ada} | due)
        olivia.post("/activities", {"contact_id": ada, "body": f"Met {number} times."})
    return olivia


@pytest.mark.django_db
def test_fields_of_a_view_s_results(world: ApiClient) -> None:
    view = world.post("/views", {"object": "contact", "name": "All"}).data["id"]
    page = world.get(f"/views/{view}/results?fields=first_name&sort=full_name&limit=1")
    assert page.data == [{"first_name": "Ada 1"}]
    world.get(f"/views/{view}/results?fields=password").refused(422, "invalid_input")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("object", "field", "path"),
    [("task", "due_at", "/tasks"), ("deal", "amount", "/deals")],
)
def test_a_hidden_field_orders_nothing(
    world: ApiClient, cast: Cast, object: str, field: str, path: str
) -> None:
    with tenant_context(ACME):
        role = Role.objects.get(key="viewer")
        FieldPermission.objects.create(role=role, object=object, field=field, level="hidden")
    vera = new_client(cast.vera)
    page = vera.get(f"{path}?limit=1")
    assert page.status == 200
    assert vera.get(f"{path}?limit=1&cursor={page.meta['next_cursor']}").status == 200
    sort = {"due_at": "due_at", "amount": "-amount"}[field]
    vera.get(f"{path}?limit=1&sort={sort}").refused(422, "invalid_input")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("object", "field", "path"),
    [
        ("contact", "stage_id", "/contacts"),
        ("contact", "company_id", "/contacts"),
        ("deal", "contact_id", "/deals"),
        ("deal", "company_id", "/deals"),
    ],
)
def test_a_hidden_field_narrows_nothing(
    world: ApiClient, cast: Cast, object: str, field: str, path: str
) -> None:
    with tenant_context(ACME):
        role = Role.objects.get(key="viewer")
        FieldPermission.objects.create(role=role, object=object, field=field, level="hidden")
    error = new_client(cast.vera).get(f"{path}?{field}=1").refused(422, "invalid_input")["errors"][0]
    assert (error["param"], error["code"]) == (field, "field_forbidden")


@pytest.mark.django_db
def test_a_record_comes_with_what_belongs_to_it(world: ApiClient, cast: Cast) -> None:
    for path, route in (("/contacts", "contact_id"), ("/companies", "company_id"), ("/deals", "deal_id")):
        pk = world.get(path).data[0]["id"]
        (found,) = [r for r in ROUTES if (r.method, r.path) == ("GET", f"{path}/{{{route}}}")]
        words = ",".join(found.includes)
        whole = world.get(f"{path}/{pk}?include={words}")
        assert whole.data.keys() == world.get(f"{path}/{pk}").data.keys() | found.includes.keys()
        assert whole.headers["ETag"] != world.get(f"{path}/{pk}").headers["ETag"]
        assert whole.meta["included"]["timeline"]["has_more"] is False
        picked = world.get(f"{path}/{pk}?fields=id&include=timeline")
        assert picked.data == {"id": pk, "timeline": whole.data["timeline"]}
        detail = world.get(f"{path}/{pk}?include=secrets").refused(422, "invalid_input")["errors"][0]
        assert detail["param"] == "include"
    world.get("/contacts?include=timeline").refused(422, "invalid_input")
    contact = world.get("/contacts").data[0]["id"]
    narrow = new_client(cast.olivia, scopes=("contact.view",))
    narrow.get(f"/contacts/{contact}?include=deals").refused(403, "forbidden")
