"""Email with contacts."""

from api.route import Route
from crm.mail import mailboxes, mutations, queries, suppressions, templates

routes = [
    Route("GET", "/contacts/{contact_id}/messages", queries.list_messages),
    Route("POST", "/contacts/{contact_id}/messages", mutations.send_message, status=201),
    Route("POST", "/contacts/{contact_id}/messages/preview", templates.preview_mail),
    Route("GET", "/messages/{message_id}", queries.get_message),
    Route("GET", "/mail-threads", queries.list_threads),
    Route("GET", "/mail-threads/{thread_id}", queries.get_thread),
    Route("GET", "/mail-threads/{thread_id}/messages", queries.list_thread_messages),
    Route("POST", "/mail-threads/{thread_id}/read", mutations.mark_thread_read),
    Route("GET", "/mail-templates", templates.list_templates),
    Route("POST", "/mail-templates", templates.create_template, status=201, location="/mail-templates/{id}"),
    Route("GET", "/mail-templates/{template_id}", templates.get_template),
    Route("PATCH", "/mail-templates/{template_id}", templates.update_template, body_as="changes"),
    Route("DELETE", "/mail-templates/{template_id}", templates.delete_template),
    Route("GET", "/merge-fields", templates.list_merge_fields),
    Route("GET", "/suppressions", suppressions.list_suppressions),
    Route("POST", "/suppressions", suppressions.create_suppression, status=201),
    Route("DELETE", "/suppressions/{suppression_id}", suppressions.delete_suppression),
    Route("GET", "/mailboxes", mailboxes.list_mailboxes),
    Route("POST", "/mailboxes", mailboxes.create_mailbox, status=201),
    Route("PATCH", "/mailboxes/{mailbox_id}", mailboxes.update_mailbox, body_as="changes"),
    Route("POST", "/mailboxes/{mailbox_id}/check", mailboxes.check_mailbox),
    Route("DELETE", "/mailboxes/{mailbox_id}", mailboxes.delete_mailbox),
]
