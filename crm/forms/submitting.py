"""A form is sent: the contact is known again or made, and what was written is kept.

Whoever sends a form has shown no more than that they know an email address. So what a known contact has is never
overwritten, only what is empty is filled in, and the answer does not tell whether they were known (decision 0026).
"""

import hashlib
import json
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from accounts.permissions import Permission
from accounts.zones import time_zone_of
from crm.activities.models import Activity
from crm.activities.subjects import standing_on
from crm.contacts.filling import empty_ones
from crm.contacts.locking import lock_contact
from crm.contacts.models import Contact
from crm.contacts.mutations import change_contact, create_contact
from crm.contacts.phones import e164
from crm.contacts.queries import lookup_contact
from crm.contacts.relation_mutations import record_consent
from crm.contacts.tagging import add_tags
from crm.contacts.upsert import one_at_a_time
from crm.forms.models import Form, FormSubmission
from crm.forms.offered import MESSAGE, REACHED_BY
from crm.forms.queries import NOWHERE
from crm.forms.reading import KEY, TRAP, Sent, read_sent
from crm.forms.schemas import FormValues, Submitted, Token
from crm.records.custom import PREFIX
from realtime.functions import Context, NotFound, mutation
from realtime.functions.inserts import insert


@mutation(permission=Permission.SYSTEM)
def submit_form(ctx: Context, *, token: Token, values: FormValues) -> Submitted:
    """Take in what somebody wrote into a form. Who is known by email or phone is not made twice.

    NotFound for an address without a form that is on; InvalidInput names each wrong or missing value. The same
    ``submission_key`` with the same values is taken once.
    """
    form = Form.objects.filter(token=token, is_on=True).first()
    if form is None:
        raise NotFound(NOWHERE)
    answer: Submitted = {"received": True, "thanks": form.thanks, "redirect_url": form.redirect_url}
    if values.get(TRAP):
        return answer  # a program that fills in what people don't see: it learns nothing
    sent = read_sent(form, values, ZoneInfo(time_zone_of(ctx.schema)))
    digest = _digest(values.get(KEY), sent)
    one_at_a_time(ctx, "form", digest or "")
    one_at_a_time(ctx, "email", sent.values.get("email", ""))
    one_at_a_time(ctx, "phone", e164(ctx, sent.values.get("phone", "")))
    if digest is None or not FormSubmission.objects.filter(form=form, digest=digest).exists():
        _take_in(ctx, form, sent, digest)
    return answer


def _digest(key: Any, sent: Sent) -> str | None:
    """What tells a repeated sending: the sender's key with the values; None without a key."""
    if not isinstance(key, str) or not key:
        return None
    written = json.dumps([key, sent.values, sent.consented], sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()


def _take_in(ctx: Context, form: Form, sent: Sent, digest: str | None) -> None:
    contact, is_new = _contact(ctx, form, sent.values)
    row = FormSubmission(
        form=form, contact=contact, is_new=is_new, values=sent.values, consented=sent.consented,
        page=sent.page, digest=digest, at=ctx.now,
    )  # fmt: skip
    insert(row)
    if sent.consented:
        for name in REACHED_BY:
            if name in sent.values:
                proof = f"{form.name} #{row.pk}: {form.consent_text}"[:500]
                record_consent(ctx, contact_id=contact.pk, channel=name, state="granted", proof=proof)
    insert(
        Activity(
            kind=Activity.Kind.SYSTEM,
            **standing_on(contact),
            direction=Activity.Direction.IN,
            occurred_at=ctx.now,
            body=sent.values.get(MESSAGE, ""),
            payload={"event": "form_sent", "name": form.name},
        )
    )
    ctx.audit("form", form.pk, {"submission": [None, row.pk]})


def _contact(ctx: Context, form: Form, values: dict[str, Any]) -> tuple[Contact, bool]:
    """The contact whom the values lead to, and whether they are new."""
    given = _as_arguments(values)
    reached = {name: values[name] for name in REACHED_BY if name in values}
    known: Any = lookup_contact(ctx, **reached)["data"]
    if known:
        contact = lock_contact(ctx, known[0]["id"])
        change_contact(ctx, contact, empty_ones(contact, given))
        add_tags(ctx, contact, form.tags)
        return contact, False
    owner_id = form.owner_id if form.owner is not None and form.owner.is_active else None
    made = create_contact(ctx, **given, source=form.source, tags=form.tags, owner_id=owner_id)
    return Contact.objects.get(pk=made["id"]), True


def _as_arguments(values: dict[str, Any]) -> dict[str, Any]:
    """The values as the contacts' functions take them; the message goes to the timeline."""
    found: dict[str, Any] = {
        key: value for key, value in values.items() if key != MESSAGE and not key.startswith(PREFIX)
    }
    if "price" in found:
        found["price"] = Decimal(str(found["price"]))
    custom = {key.removeprefix(PREFIX): value for key, value in values.items() if key.startswith(PREFIX)}
    return {**found, "custom": custom} if custom else found
