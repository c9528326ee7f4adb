"""Tasks."""

from api.route import Route
from crm.tasks import batch, finishing, mutations, queries, searching

routes = [
    Route("GET", "/tasks", queries.list_tasks),
    Route("POST", "/tasks", mutations.create_task, status=201, location="/tasks/{id}"),
    Route("POST", "/tasks/batch", batch.batch_tasks),
    Route("POST", "/tasks/search", searching.search_tasks),
    Route("GET", "/tasks/{task_id}", queries.get_task),
    Route("PATCH", "/tasks/{task_id}", mutations.update_task, body_as="changes", query=("merge",)),
    Route("DELETE", "/tasks/{task_id}", mutations.archive_task),
    Route("POST", "/tasks/{task_id}/restore", mutations.restore_task),
    Route("POST", "/tasks/{task_id}/complete", finishing.complete_task),
    Route("POST", "/tasks/{task_id}/snooze", finishing.snooze_task),
    Route("POST", "/tasks/{task_id}/assign", mutations.assign_task),
    Route("POST", "/tasks/{task_id}/reopen", finishing.reopen_task),
]
