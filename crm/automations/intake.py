"""What another program sends to an automation's address: a contact, known again by email, phone or their own id."""

from typing import Annotated, Any

from pydantic import StringConstraints

from accounts.permissions import Permission
from crm.automations import scanning
from crm.automations.beginning import begin
from crm.automations.definition import read
from crm.automations.facts import matches
from crm.automations.models import Automation
from crm.automations.schemas import Intake
from crm.contacts.mutations import create_contact
from crm.contacts.queries import lookup_contact
from crm.contacts.schemas import Email, PersonName, Phone
from realtime.functions import Context, NotFound, Prose, Word, invalid, mutation

Token = Annotated[str, StringConstraints(max_length=64)]


@mutation(permission=Permission.SYSTEM)
def take_in(
    ctx: Context,
    *,
    token: Token,
    first_name: PersonName = "",
    last_name: PersonName = "",
    email: Email = "",
    phone: Phone = "",
    source: Word = "",
    note: Prose = "",
) -> Intake:
    """Take a contact in and start the automation for them, if its conditions let them in.

    Who is known by email or phone is not made twice. ``Idempotency-Key`` makes a repetition harmless.

    NotFound for an address that leads to no automation that is on.
    """
    row = (
        Automation.objects.select_related("current").filter(token=token, is_on=True).exclude(token="").first()
    )
    if row is None or row.current is None or row.current.definition["trigger"]["kind"] != "webhook":
        raise NotFound("No automation listens at this address.")
    if not (email or phone):
        raise invalid("email", "Send an email address or a phone number.", "missing")
    known = lookup_contact(ctx, email=email, phone=phone)["data"]
    if known:
        contact_id, is_new = known[0]["id"], False
    else:
        given: dict[str, Any] = {"first_name": first_name, "last_name": last_name, "email": email, "phone": phone,
                                 "source": source, "background": note}  # fmt: skip
        contact_id = create_contact(ctx, **{name: value for name, value in given.items() if value})["id"]
        is_new = True
    is_admitted = matches(ctx, "contact", contact_id, read(row.current.definition).only_if)
    run_id = begin(row, contact_id) if is_admitted else None
    scanning.follow_state()
    return {"created": is_new, "started": run_id is not None}
