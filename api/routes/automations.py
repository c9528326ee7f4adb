"""Automations and the rules by which work is given out."""

from api.route import Route
from crm.automations import mutations, queries, reach, routing, secret, trial, versions

routes = [
    Route("GET", "/automations", queries.list_automations),
    Route("POST", "/automations", mutations.create_automation, status=201, location="/automations/{id}"),
    Route("GET", "/automations/{automation_id}", queries.get_automation),
    Route("PATCH", "/automations/{automation_id}", mutations.update_automation, body_as="changes"),
    Route("DELETE", "/automations/{automation_id}", mutations.delete_automation),
    Route("PUT", "/automations/{automation_id}/trigger", mutations.set_trigger),
    Route("POST", "/automations/{automation_id}/steps", mutations.add_step, status=201),
    Route("PUT", "/automations/{automation_id}/steps", mutations.update_step),
    Route("POST", "/automations/{automation_id}/steps/{step_key}/move", mutations.move_step),
    Route("DELETE", "/automations/{automation_id}/steps/{step_key}", mutations.delete_step),
    Route(
        "POST",
        "/automations/{automation_id}/copy",
        mutations.copy_automation,
        status=201,
        location="/automations/{id}",
    ),
    Route("GET", "/automations/{automation_id}/versions/{number}", versions.get_automation_version),
    Route("POST", "/automations/{automation_id}/versions/{number}/restore", mutations.restore_version),
    Route("POST", "/automations/{automation_id}/publish", mutations.publish_automation),
    Route("POST", "/automations/{automation_id}/on", mutations.turn_on),
    Route("POST", "/automations/{automation_id}/pause", mutations.turn_off),
    Route("POST", "/automations/{automation_id}/run", mutations.start_automation),
    Route("GET", "/automations/{automation_id}/try", trial.try_automation),
    Route("GET", "/automations/{automation_id}/reach", reach.get_reach),
    Route("GET", "/automations/{automation_id}/runs", queries.list_automation_runs),
    Route("GET", "/signing-secret", secret.get_signing_state),
    Route("POST", "/signing-secret/reveal", secret.reveal_signing_secret),
    Route("POST", "/signing-secret/renew", secret.renew_signing_secret),
    Route("GET", "/routing-rules", routing.list_routing_rules),
    Route("POST", "/routing-rules", routing.create_routing_rule, status=201),
    Route("PUT", "/routing-rules/{rule_id}", routing.update_routing_rule),
    Route("DELETE", "/routing-rules/{rule_id}", routing.delete_routing_rule),
]
