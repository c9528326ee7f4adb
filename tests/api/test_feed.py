"""The feed of changes over REST; what it tells is in tests/crm/feed."""

from realtime.changes.models import Relay
from tests.api.conftest import ApiClient
from tests.cast import Cast


def test_tables_by_comma_or_one_by_one(olivia: ApiClient, cast: Cast) -> None:
    olivia.post("/companies", {"name": "Initech"})
    page = olivia.get("/changes?tables=companies,contacts").data
    assert [change["op"] for change in page["changes"]] == ["reset", "reset", "insert"]
    assert page["changes"][2]["row"]["name"] == "Initech"
    assert page == olivia.get("/changes?tables=companies&tables=contacts").data | {"cursor": page["cursor"]}
    later = olivia.get(f"/changes?tables=companies,contacts&after={page['cursor']}").data
    assert (later["changes"], later["has_more"]) == ([], False)


def test_all_tables_by_default_and_only_what_the_key_may_see(cast: Cast, client_of) -> None:
    narrow = client_of(cast.olivia, scopes=("profile.view", "deal.view"))
    olivia = client_of(cast.olivia)
    olivia.post("/companies", {"name": "Initech"})
    olivia.post("/deals", {"title": "House"})
    seen = {change["table"] for change in narrow.get("/changes").data["changes"] if change["row"]}
    assert seen == {"deals", "pipelines", "stages", "lost_reasons"}
    assert {"companies", "members"} <= {
        change["table"] for change in olivia.get("/changes").data["changes"] if change["row"]
    }


def test_a_position_that_is_gone_is_410(olivia: ApiClient) -> None:
    cursor = olivia.get("/changes?tables=contacts").data["cursor"]
    Relay.objects.update(trimmed=2**40)
    problem = olivia.get(f"/changes?tables=contacts&after={cursor}").refused(410, "start_again")
    assert "without" in problem["detail"]


def test_wrong_arguments(olivia: ApiClient) -> None:
    assert olivia.get("/changes?tables=nobody").refused(422, "invalid_input")["errors"]
    for query in ("tables=", "tables=contacts,", "tables=contacts&tables="):
        assert olivia.get(f"/changes?{query}").refused(422, "invalid_input")["errors"]
    assert olivia.get("/changes?limit=0").refused(422, "invalid_input")["errors"]
    assert olivia.get("/changes?after=x").refused(422, "invalid_input")["errors"][0]["param"] == "after"
