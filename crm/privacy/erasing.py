"""Forgetting a person (GDPR, article 17): the contact goes with all that hangs on it, and their traces elsewhere."""

from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Q

from accounts.permissions import Permission
from crm.activities.models import Activity
from crm.contacts.locking import lock_contact
from crm.contacts.models import Contact, EmailAddress
from crm.deals.models import Deal
from crm.files.models import Attachment
from crm.forms.models import FormSubmission
from crm.mail.models import MailMessage, MailThread
from crm.privacy import traces
from crm.privacy.schemas import ConfirmedName, Erased
from crm.sequences.models import Enrollment
from crm.tasks.models import Task
from realtime.functions import Context, Id, invalid, mutation


@dataclass(frozen=True, slots=True)
class Hanging:
    """The ids of what hangs on a contact, found before any of it goes."""

    activities: list[int]
    tasks: list[int]
    files: list[int]
    threads: list[int]
    enrollments: list[int]
    deals: list[int]
    addresses: list[str]


@mutation(permission=Permission.BIN_PURGE)
def erase_contact(ctx: Context, *, contact_id: Id, name: ConfirmedName) -> Erased:
    """Forget a person, in the bin or not: the contact and all that hangs on it go for good. This can't be undone.

    Timeline, tasks, files with their bytes, mail, consents, enrollments, form submissions, notifications and the runs
    about them go; audit entries keep that something happened, without values. Deals stay with their amounts, without
    the person: their title loses the name, what was noted there its text; files on deals stay. Addresses that want no
    mail stay on that list. The change log and stored answers forget by themselves, within days. What other records say
    of the person in free text is not found. ``name`` confirms: InvalidInput unless it is the contact's.
    """
    contact = lock_contact(ctx, contact_id, Permission.CONTACT_DELETE)
    _require_confirmed(contact, name)
    found = _hanging(contact)
    runs = traces.end_runs({"contact": [contact.pk], "task": found.tasks, "enrollment": found.enrollments})
    counts = _count(contact, found) | {
        "runs": len(runs),
        "notifications": traces.forget_told(contact.pk, found.tasks, found.threads, runs),
        "audit_entries": _forget_audited(contact, found),
    }
    counts |= _leave_deals(contact, found)
    traces.forget_exports(contact.pk)
    traces.forget_proofs(found.addresses)
    FormSubmission.objects.filter(contact=contact).delete()
    contact.delete()
    ctx.audit("contact", contact_id, {"erased": [None, True]})
    return cast("Erased", {"id": contact_id, **counts})


def _require_confirmed(contact: Contact, name: str) -> None:
    # Who has no name is shown by an address or a number, as far as the role sees one.
    shown = [contact.full_name] if contact.full_name else [contact.email, contact.phone, str(contact)]
    if _folded(name) not in map(_folded, filter(None, shown)):
        raise invalid("name", "This is not the contact's name: write it as it is shown.", "not_confirmed")


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _hanging(contact: Contact) -> Hanging:
    def ids(rows: Any) -> list[int]:
        return list(rows.order_by("pk").values_list("pk", flat=True))

    return Hanging(
        activities=ids(Activity.objects.filter(contact=contact)),
        tasks=ids(Task.objects.filter(contact=contact)),
        files=ids(Attachment.objects.filter(contact=contact, subject="contact")),
        threads=ids(MailThread.objects.filter(contact=contact)),
        enrollments=ids(Enrollment.objects.filter(contact=contact)),
        deals=ids(Deal.objects.filter(Q(contact=contact) | Q(parties__contact=contact)).distinct()),
        addresses=list(EmailAddress.objects.filter(contact=contact).values_list("address", flat=True)),
    )


def _count(contact: Contact, found: Hanging) -> dict[str, int]:
    return {
        "activities": Activity.objects.filter(contact=contact, subject="contact").count(),
        "tasks": len(found.tasks),
        "files": len(found.files),
        "mails": MailMessage.objects.filter(contact=contact).count(),
        "enrollments": len(found.enrollments),
        "form_submissions": FormSubmission.objects.filter(contact=contact).count(),
        "consents": contact.consents.count(),
        "deals": len(found.deals),
    }


def _forget_audited(contact: Contact, found: Hanging) -> int:
    """The audit log without their values; of deals only where they are named."""
    forgotten = traces.forget_audited(
        {
            "contact": [contact.pk],
            "activity": found.activities,
            "task": found.tasks,
            "attachment": found.files,
            "enrollment": found.enrollments,
        }
    )
    words = [contact.full_name, contact.phone, *found.addresses]
    return forgotten + traces.forget_naming("deal", found.deals, words)


def _leave_deals(contact: Contact, found: Hanging) -> dict[str, int]:
    """What stands on deals stays there without the person, and without what was said of them."""
    traces.rename_deals(found.deals, contact.full_name)
    noted = Activity.objects.filter(contact=contact, subject="deal")
    emptied = noted.exclude(kind=Activity.Kind.SYSTEM).update(body="", payload={}, mentioned=[])
    noted.update(contact=None)
    files = Attachment.objects.filter(contact=contact, subject="deal").update(contact=None)
    return {"deal_activities": emptied, "deal_files": files}
