"""Runs of workflows."""

from api.route import Route
from workflows.runs import mutations, queries

routes = [
    Route("GET", "/runs", queries.list_runs),
    Route("GET", "/runs/{run_id}", queries.get_run),
    Route("POST", "/runs/{run_id}/cancel", mutations.cancel_run),
    Route("POST", "/runs/{run_id}/pause", mutations.pause_run),
    Route("POST", "/runs/{run_id}/resume", mutations.resume_run),
    Route("POST", "/runs/{run_id}/retry", mutations.retry_run),
    Route("POST", "/runs/{run_id}/fork", mutations.fork_run, status=201, location="/runs/{id}"),
]
