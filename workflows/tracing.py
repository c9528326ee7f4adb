"""Runs in OpenTelemetry: a span for each turn, and within it one for each step that is done (not for those that a
replay skips). Without an SDK (``opentelemetry-instrument``) nothing is made.

A run's turns lie days and processes apart, so each is a trace of its own, and sampled as such. What joins them is a
link that all turns of a run share, made of tenant and run, and the attributes below.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from opentelemetry import trace
from opentelemetry.trace import (
    Link,
    NoOpTracerProvider,
    ProxyTracerProvider,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
)
from opentelemetry.util.types import AttributeValue

from workflows.journal import FAILED, Entry
from workflows.registry import AnyWorkflow

SCOPE = "crm.workflows"
TENANT, RUN, WORKFLOW, VERSION = "crm.tenant", "crm.run.id", "crm.workflow.name", "crm.workflow.version"
STEP, KIND, ATTEMPT = "crm.step.key", "crm.step.kind", "crm.step.attempt"


class Numbered(Protocol):
    """What has a number."""

    @property
    def id(self) -> int:
        """The number."""


class Turn(Protocol):
    """What a span tells of a turn."""

    schema: str
    workflow: AnyWorkflow

    @property
    def run(self) -> Numbered:
        """The run whose turn it is."""


def is_on() -> bool:
    """Whether anybody collects spans."""
    return not isinstance(trace.get_tracer_provider(), ProxyTracerProvider | NoOpTracerProvider)


def link_of(schema: str, run_id: int) -> Link:
    """What all turns of a run link to: no span, but the same place."""
    name = hashlib.blake2b(f"{schema}/{run_id}".encode(), digest_size=24).digest()
    place = SpanContext(
        int.from_bytes(name[:16], "big"),
        int.from_bytes(name[16:], "big"),
        is_remote=True,
        trace_flags=TraceFlags.get_default(),
    )
    return Link(place, {RUN: run_id, TENANT: schema})


@contextmanager
def turn_span(turn: Turn) -> Iterator[None]:
    """The span of one turn, which is its trace's first."""
    if not is_on():
        yield
        return
    with trace.get_tracer(SCOPE).start_as_current_span(
        f"run {turn.workflow.name}",
        kind=SpanKind.CONSUMER,
        attributes=_of(turn),
        links=[link_of(turn.schema, turn.run.id)],
    ):
        yield


@contextmanager
def step_span(turn: Turn, entry: Entry) -> Iterator[None]:
    """The span of an attempt at a step; it has failed if the journal says so afterwards."""
    if not is_on():
        yield
        return
    attributes = {**_of(turn), STEP: entry.key, KIND: entry.kind, ATTEMPT: entry.attempts}
    with trace.get_tracer(SCOPE).start_as_current_span(f"step {entry.name}", attributes=attributes) as span:
        yield
        if entry.error is not None:
            span.set_status(StatusCode.ERROR, str(entry.error.get("code", FAILED)))


def _of(turn: Turn) -> dict[str, AttributeValue]:
    return {
        TENANT: turn.schema,
        RUN: turn.run.id,
        WORKFLOW: turn.workflow.name,
        VERSION: turn.workflow.version,
    }
