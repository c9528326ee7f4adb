"""Sequences, their steps, and the contacts in them."""

from api.route import Route
from crm.sequences import enrollment_mutations, mutations, queries, step_mutations

routes = [
    Route("GET", "/sequences", queries.list_sequences),
    Route("POST", "/sequences", mutations.create_sequence, status=201, location="/sequences/{id}"),
    Route("GET", "/sequences/{sequence_id}", queries.get_sequence),
    Route("PATCH", "/sequences/{sequence_id}", mutations.update_sequence, body_as="changes"),
    Route("DELETE", "/sequences/{sequence_id}", mutations.delete_sequence),
    Route("POST", "/sequences/{sequence_id}/publish", mutations.publish_sequence),
    Route("POST", "/sequences/{sequence_id}/pause", mutations.pause_sequence),
    Route("POST", "/sequences/{sequence_id}/archive", mutations.archive_sequence),
    Route("GET", "/sequences/{sequence_id}/steps", queries.list_steps),
    Route("POST", "/sequences/{sequence_id}/steps", step_mutations.add_step, status=201),
    Route("PUT", "/sequences/{sequence_id}/steps/{step_id}", step_mutations.update_step),
    Route("POST", "/sequences/{sequence_id}/steps/{step_id}/move", step_mutations.move_step),
    Route("DELETE", "/sequences/{sequence_id}/steps/{step_id}", step_mutations.delete_step),
    Route("GET", "/sequences/{sequence_id}/enrollments", queries.list_enrollments),
    Route("POST", "/sequences/{sequence_id}/enrollments", enrollment_mutations.enroll_contacts, status=201),
    Route("GET", "/sequences/{sequence_id}/intakes", queries.list_intakes),
    Route("GET", "/enrollments/{enrollment_id}", queries.get_enrollment),
    Route("DELETE", "/enrollments/{enrollment_id}", enrollment_mutations.stop_enrollment),
    Route("POST", "/enrollments/{enrollment_id}/pause", enrollment_mutations.pause_enrollment),
    Route("POST", "/enrollments/{enrollment_id}/resume", enrollment_mutations.resume_enrollment),
    Route("POST", "/enrollments/{enrollment_id}/skip", enrollment_mutations.skip_step),
    Route("GET", "/contacts/{contact_id}/enrollments", queries.list_enrollments_of_contact),
    Route("POST", "/contacts/{contact_id}/enrollments", enrollment_mutations.enroll_contact, status=201),
    Route("DELETE", "/contacts/{contact_id}/enrollments", enrollment_mutations.unenroll_contact),
]
