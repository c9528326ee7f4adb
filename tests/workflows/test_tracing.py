"""Spans of runs, collected by OpenTelemetry's own SDK."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from tests.workflows import example
from workflows import Step, action, start, tracing, workflow
from workflows.drain import drain
from workflows.registry import Outside
from workflows.retries import RetryPolicy
from workflows.runs.models import StepRun
from workflows.testing import advance

pytestmark = pytest.mark.django_db


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """What is collected while a provider is there, for this test only."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    yield exporter
    provider.shutdown()


def told(span: ReadableSpan, name: str) -> object:
    """An attribute."""
    return (span.attributes or {}).get(name)


def test_nothing_is_made_without_an_sdk(owner: int) -> None:
    assert not tracing.is_on()
    start(example.onboarding, {"owner_id": owner})
    drain()


def test_each_step_is_a_span_and_days_apart_they_link_to_one_place(
    owner: int, spans: InMemorySpanExporter
) -> None:
    run_id = start(example.onboarding, {"owner_id": owner})
    drain()
    advance(timedelta(days=3))
    drain()
    found = spans.get_finished_spans()
    steps = [span for span in found if span.name.startswith("step ")]
    turns = [span for span in found if span.name == "run test.onboarding"]
    done = StepRun.objects.filter(run_id=run_id, kind__in=("mutation", "query", "action")).order_by("seq")
    # Once each, in their order: a replay makes none.
    assert [told(span, "crm.step.key") for span in steps] == list(done.values_list("key", flat=True)) != []
    assert len(turns) >= 2
    assert {told(span, "crm.run.id") for span in found} == {run_id}
    assert {told(span, "crm.tenant") for span in found} == {"t_acme"}
    places = {link.context.trace_id for span in turns for link in span.links}
    assert places == {tracing.link_of("t_acme", run_id).context.trace_id}
    traces = {span.context.trace_id for span in turns}
    assert len(traces) == len(turns)
    assert {span.context.trace_id for span in steps} <= traces


def test_a_failed_attempt_says_so_and_which_one_it_was(owner: int, spans: InMemorySpanExporter) -> None:
    @action
    def refuse(outside: Outside) -> None:
        raise ValueError("busy")

    @workflow("test.traced")
    def traced(step: Step) -> None:
        """Fail twice."""
        step.run_action(refuse, retry=RetryPolicy(attempts=2, first=timedelta(seconds=1)))

    start(traced)
    drain()
    advance(timedelta(minutes=1))
    drain()
    attempts = [span for span in spans.get_finished_spans() if told(span, "crm.step.kind") == "action"]
    assert [told(span, "crm.step.attempt") for span in attempts] == [1, 2]
    assert {span.status.status_code for span in attempts} == {StatusCode.ERROR}
