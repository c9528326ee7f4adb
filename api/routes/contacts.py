"""Contacts, how they are reached, and the words that describe them."""

from api.route import Route
from crm.activities.queries import list_timeline
from crm.contacts import (
    batch,
    mutations,
    part_mutations,
    pool,
    profile,
    queries,
    relation_mutations,
    searching,
    tagging,
    upsert,
    words,
)
from crm.deals.queries import list_deals
from crm.files.queries import list_attachments
from crm.privacy import erasing, exporting
from crm.sequences.queries import list_enrollments_of_contact
from crm.tasks.queries import list_tasks
from realtime.functions.registry import AnyFunction

ONE = "/contacts/{contact_id}"
INCLUDES: dict[str, AnyFunction] = {
    "profile": profile.get_profile,
    "consents": profile.list_consents,
    "deals": list_deals,
    "tasks": list_tasks,
    "timeline": list_timeline,
    "files": list_attachments,
    "enrollments": list_enrollments_of_contact,
}

routes = [
    Route("GET", "/contacts", queries.list_contacts),
    Route("POST", "/contacts", mutations.create_contact, status=201, location="/contacts/{id}"),
    Route(
        "PUT",
        "/contacts",
        upsert.upsert_contact,
        body_as="values",
        query=("match",),
        upserts=True,
        location="/contacts/{id}",
    ),
    Route("POST", "/contacts/batch", batch.batch_contacts),
    Route("GET", "/contacts/lookup", queries.lookup_contact),
    Route("GET", "/contacts/pool", pool.list_pool),
    Route("GET", "/contacts/stages", queries.list_contact_stages),
    Route("POST", "/contacts/stages", words.create_contact_stage, status=201),
    Route("PUT", "/contacts/stages/order", words.order_contact_stages),
    Route("PATCH", "/contacts/stages/{contact_stage_id}", words.rename_contact_stage),
    Route(
        "DELETE",
        "/contacts/stages/{contact_stage_id}",
        words.delete_contact_stage,
        query=("target_stage_id",),
    ),
    Route("GET", "/lead-sources", words.list_lead_sources),
    Route("POST", "/lead-sources", words.create_lead_source, status=201),
    Route("PUT", "/lead-sources/order", words.order_lead_sources),
    Route("PATCH", "/lead-sources/{lead_source_id}", words.rename_lead_source),
    Route("DELETE", "/lead-sources/{lead_source_id}", words.delete_lead_source),
    Route("POST", "/contacts/search", searching.search_contacts),
    Route("GET", ONE, queries.get_contact, includes=INCLUDES),
    Route("PATCH", ONE, mutations.update_contact, body_as="changes", query=("merge",)),
    Route("DELETE", ONE, mutations.archive_contact),
    Route("POST", f"{ONE}/restore", mutations.restore_contact),
    Route("POST", f"{ONE}/assign", mutations.assign_contact),
    Route("POST", f"{ONE}/claim", pool.claim_contact),
    Route("POST", f"{ONE}/export", exporting.export_contact),
    Route("POST", f"{ONE}/erase", erasing.erase_contact),
    Route("GET", f"{ONE}/profile", profile.get_profile),
    Route("PUT", f"{ONE}/tags/{{tag}}", tagging.tag_contact),
    Route("DELETE", f"{ONE}/tags/{{tag}}", tagging.untag_contact),
    Route("POST", f"{ONE}/emails", part_mutations.add_email, status=201),
    Route("PATCH", f"{ONE}/emails/{{email_id}}", part_mutations.update_email, body_as="changes"),
    Route("DELETE", f"{ONE}/emails/{{email_id}}", part_mutations.delete_email),
    Route("POST", f"{ONE}/phones", part_mutations.add_phone, status=201),
    Route("PATCH", f"{ONE}/phones/{{phone_id}}", part_mutations.update_phone, body_as="changes"),
    Route("DELETE", f"{ONE}/phones/{{phone_id}}", part_mutations.delete_phone),
    Route("POST", f"{ONE}/addresses", part_mutations.add_address, status=201),
    Route("PATCH", f"{ONE}/addresses/{{address_id}}", part_mutations.update_address, body_as="changes"),
    Route("DELETE", f"{ONE}/addresses/{{address_id}}", part_mutations.delete_address),
    Route("POST", f"{ONE}/relationships", relation_mutations.add_relationship, status=201),
    Route("DELETE", f"{ONE}/relationships/{{relationship_id}}", relation_mutations.delete_relationship),
    Route("PUT", f"{ONE}/companies/{{company_id}}", relation_mutations.put_company_role),
    Route("DELETE", f"{ONE}/companies/{{company_id}}", relation_mutations.delete_company_role),
    Route("GET", "/companies/{company_id}/roles", profile.list_company_roles),
    Route("GET", f"{ONE}/consents", profile.list_consents),
    Route("POST", f"{ONE}/consents", relation_mutations.record_consent, status=201),
]
