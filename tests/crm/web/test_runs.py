"""Pages of workflow runs: who gets them, what they show, and what their buttons do."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from crm.tasks.models import Task
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.web.conftest import Browse
from tests.workflows import example
from tests.workflows.conftest import own_workflows, owner  # noqa: F401  (fixtures)
from workflows import Step, start, workflow
from workflows.drain import drain
from workflows.runs.models import Run
from workflows.testing import advance

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def waiting(owner: int) -> int:  # noqa: F811 - a fixture
    """A run that did its first step and waits three days for the second."""
    run_id = start(example.onboarding, {"owner_id": owner}, key="alice")
    drain()
    return run_id


@pytest.fixture
def failed(owner: int) -> int:  # noqa: F811 - a fixture
    """A run whose second step was refused."""

    @workflow("test.page_faulty")
    def faulty(step: Step, *, owner_id: int) -> None:
        """Make a task, then one without a title."""
        example.note(step, owner_id, "First")
        example.note(step, owner_id, "")

    run_id = start(faulty, {"owner_id": owner})
    drain()
    return run_id


def page_of(browse: Browse, cast: Cast, run_id: int) -> str:
    """The run's page as Adam sees it."""
    response = browse(cast.adam).get(reverse("settings_run", args=[run_id]))
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_names_each_run_and_its_state(browse: Browse, cast: Cast, waiting: int, failed: int) -> None:
    client = browse(cast.adam)
    text = client.get(reverse("settings_runs")).content.decode()
    assert f'id="run-{waiting}"' in text
    assert f'id="run-{failed}"' in text
    only = client.get(reverse("settings_runs"), {"status": "failed"}).content.decode()
    assert f'id="run-{failed}"' in only
    assert f'id="run-{waiting}"' not in only
    none = client.get(reverse("settings_runs"), {"status": "blocked"}).content.decode()
    assert "No run matches" in none


def test_a_run_names_the_record_that_it_is_about(browse: Browse, cast: Cast, owner: int) -> None:  # noqa: F811 - a fixture
    args = {"title": "Ring Ada", "due_at": datetime.now(UTC) + DAY, "reminders": [{"minutes_before": 0}]}
    task = call("tasks.create_task", cast.alice.context(), args)["id"]
    run_id = Run.objects.get(subject="task", subject_id=task).pk
    assert "Ring Ada" in browse(cast.adam).get(reverse("settings_runs")).content.decode()
    page = page_of(browse, cast, run_id)
    assert "Ring Ada</a>" in page
    assert f'href="/tasks/{task}/"' in page
    Task.objects.filter(pk=task).delete()
    assert "A record that you do not see" in browse(cast.adam).get(reverse("settings_runs")).content.decode()


def test_the_timeline_tells_what_was_done_and_what_is_waited_for(
    browse: Browse, cast: Cast, waiting: int
) -> None:
    text = page_of(browse, cast, waiting)
    assert text.count('class="entry') - text.count('class="entry-') == 2
    assert "Create task" in text
    assert 'class="entry is-waiting"' in text


def test_a_failure_is_said_and_can_be_tried_again(browse: Browse, cast: Cast, failed: int) -> None:
    text = page_of(browse, cast, failed)
    assert reverse("run_retry", args=[failed]) in text
    assert "title" in text
    answer = browse(cast.adam).post(reverse("run_retry", args=[failed]))
    assert (answer.status_code, answer["Location"]) == (303, reverse("settings_run", args=[failed]))
    assert Run.objects.get(pk=failed).status == "running"


def test_a_new_run_begins_where_it_is_told(browse: Browse, cast: Cast, failed: int) -> None:
    answer = browse(cast.adam).post(reverse("run_fork", args=[failed]), {"position": "1"})
    fork = Run.objects.latest("id")
    assert fork.pk != failed
    assert (answer.status_code, answer["Location"]) == (303, reverse("settings_run", args=[fork.pk]))
    assert fork.steps.count() == 1


def test_resting_and_going_on(browse: Browse, cast: Cast, waiting: int) -> None:
    client = browse(cast.adam)
    client.post(reverse("run_pause", args=[waiting]))
    advance(5 * DAY)
    drain()
    assert example.titles() == ["Welcome"]
    assert reverse("run_resume", args=[waiting]) in page_of(browse, cast, waiting)
    client.post(reverse("run_resume", args=[waiting]))
    drain()
    assert example.titles() == ["Welcome", "Ask", "Check"]
    assert "Completed" in page_of(browse, cast, waiting)


def test_cancelling_twice_is_refused(browse: Browse, cast: Cast, waiting: int) -> None:
    client = browse(cast.adam)
    assert client.post(reverse("run_cancel", args=[waiting])).status_code == 303
    drain()
    assert client.post(reverse("run_cancel", args=[waiting])).status_code == 409


def test_who_may_not_manage_runs_changes_none(browse: Browse, cast: Cast, waiting: int) -> None:
    for name in ("run_cancel", "run_pause", "run_resume", "run_retry", "run_fork"):
        assert browse(cast.lea).post(reverse(name, args=[waiting])).status_code == 403
        assert browse(cast.charlie).post(reverse(name, args=[waiting])).status_code == 404
    assert Run.objects.get(pk=waiting).status == "waiting"
    assert Run.objects.count() == 1
