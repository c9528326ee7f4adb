"""Deals and their pipelines."""

from api.route import Route
from crm.activities.queries import list_timeline
from crm.deals import batch, board, moves, mutations, parties, pipelines, queries, searching
from crm.files.queries import list_attachments
from crm.tasks.queries import list_tasks
from realtime.functions.registry import AnyFunction

INCLUDES: dict[str, AnyFunction] = {
    "contacts": parties.list_deal_contacts,
    "members": parties.list_deal_members,
    "stage_changes": queries.list_stage_changes,
    "tasks": list_tasks,
    "timeline": list_timeline,
    "files": list_attachments,
}
routes = [
    Route("GET", "/deals", queries.list_deals),
    Route("POST", "/deals", mutations.create_deal, status=201, location="/deals/{id}"),
    Route("POST", "/deals/batch", batch.batch_deals),
    Route("GET", "/deals/board", board.get_board),
    Route("GET", "/deals/board/{stage_id}", board.get_board_column),
    Route("POST", "/deals/search", searching.search_deals),
    Route("GET", "/deals/{deal_id}", queries.get_deal, includes=INCLUDES),
    Route("PATCH", "/deals/{deal_id}", mutations.update_deal, body_as="changes", query=("merge",)),
    Route("DELETE", "/deals/{deal_id}", mutations.archive_deal),
    Route("POST", "/deals/{deal_id}/restore", mutations.restore_deal),
    Route("POST", "/deals/{deal_id}/assign", mutations.assign_deal),
    Route("POST", "/deals/{deal_id}/move", moves.move_deal),
    Route("POST", "/deals/{deal_id}/win", moves.win_deal),
    Route("POST", "/deals/{deal_id}/lose", moves.lose_deal),
    Route("POST", "/deals/{deal_id}/reopen", moves.reopen_deal),
    Route("GET", "/deals/{deal_id}/contacts", parties.list_deal_contacts),
    Route("PUT", "/deals/{deal_id}/contacts/{contact_id}", parties.set_deal_contact),
    Route("DELETE", "/deals/{deal_id}/contacts/{contact_id}", parties.remove_deal_contact),
    Route("GET", "/deals/{deal_id}/members", parties.list_deal_members),
    Route("PUT", "/deals/{deal_id}/members/{member_id}", parties.set_deal_member),
    Route("DELETE", "/deals/{deal_id}/members/{member_id}", parties.remove_deal_member),
    Route("GET", "/deals/{deal_id}/stage-changes", queries.list_stage_changes),
    Route("GET", "/pipelines", queries.list_pipelines),
    Route("POST", "/pipelines", pipelines.create_pipeline, status=201),
    Route("PATCH", "/pipelines/{pipeline_id}", pipelines.update_pipeline, body_as="changes"),
    Route("DELETE", "/pipelines/{pipeline_id}", pipelines.delete_pipeline, query=("target_stage_id",)),
    Route("POST", "/pipelines/{pipeline_id}/stages", pipelines.create_stage, status=201),
    Route("PUT", "/pipelines/{pipeline_id}/stages/order", pipelines.order_stages),
    Route("PATCH", "/stages/{stage_id}", pipelines.update_stage, body_as="changes"),
    Route("DELETE", "/stages/{stage_id}", pipelines.delete_stage, query=("target_stage_id",)),
    Route("GET", "/lost-reasons", queries.list_lost_reasons),
    Route("POST", "/lost-reasons", pipelines.create_lost_reason, status=201),
    Route("PATCH", "/lost-reasons/{lost_reason_id}", pipelines.rename_lost_reason),
    Route("DELETE", "/lost-reasons/{lost_reason_id}", pipelines.delete_lost_reason),
]
