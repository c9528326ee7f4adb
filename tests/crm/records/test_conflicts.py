"""A change that began from an older version than the history tells in detail."""

from typing import Any

import pytest

from crm.records import conflicts
from realtime.functions import PreconditionFailed
from realtime.functions.call import call
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("acme")


@pytest.mark.parametrize(("most", "is_refused"), [(1, True), (2, False)])
def test_what_is_not_known_may_collide(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, most: int, is_refused: bool
) -> None:
    monkeypatch.setattr(conflicts, "MOST", most)
    ctx = cast.olivia.context()
    ada = call("contacts.create_contact", ctx, {"first_name": "Ada"})

    def update(version: int, **changes: Any) -> Any:
        args = {"contact_id": ada["id"], "changes": changes, "version": version, "merge": True}
        return call("contacts.update_contact", cast.olivia.context(), args)

    update(ada["version"], job_title="Analyst")
    update(ada["version"] + 1, last_name="Lovelace")
    if not is_refused:
        assert update(ada["version"], source="Fair")["version"] == ada["version"] + 3
        return
    with pytest.raises(PreconditionFailed) as refused:
        update(ada["version"], source="Fair")
    assert [error["param"] for error in refused.value.errors] == ["changes.last_name"]
