"""Changing companies."""

from accounts.permissions import Permission
from crm.companies.models import Company
from crm.companies.queries import get_company
from crm.companies.schemas import CompanyChanges, CompanyDetail, CompanyName, PhoneLine, ShortLine, WebDomain
from crm.fields.schemas import CustomValues
from crm.fields.values import changed_values, new_values
from crm.records import writes
from crm.records.conflicts import refuse_overlap
from crm.records.custom import COLUMN, custom_names
from crm.records.results import ref
from crm.records.schemas import RecordRef
from realtime.functions import Context, Id, Prose, Version, mutation

WORD = "company"
CONFLICTS = {"company_domain_unique": ("domain", "Another company already has this domain.")}


@mutation(permission=Permission.COMPANY_CREATE, conflicts=CONFLICTS)
def create_company(
    ctx: Context,
    *,
    name: CompanyName,
    domain: WebDomain = "",
    phone: PhoneLine = "",
    city: ShortLine = "",
    industry: ShortLine = "",
    notes: Prose = "",
    custom: CustomValues | None = None,
    owner_id: Id | None = None,
) -> CompanyDetail:
    """Create a company. You own it unless you say who."""
    given = {
        "name": name,
        "domain": domain,
        "phone": phone,
        "city": city,
        "industry": industry,
        "notes": notes,
    }
    owner = writes.owned_by(ctx, owner_id, Permission.COMPANY_EDIT)
    values = new_values(ctx, WORD, custom)
    company = Company(**given, custom_values=values, **owner)
    writes.create(ctx, company, WORD, {**given, **custom_names(values)})
    return get_company(ctx, company_id=company.pk)


@mutation(permission=Permission.COMPANY_EDIT, conflicts=CONFLICTS)
def update_company(
    ctx: Context,
    *,
    company_id: Id,
    changes: CompanyChanges,
    version: Version | None = None,
    merge: bool = False,
) -> CompanyDetail:
    """Change fields of a company; those not sent stay as they are. A new name reaches its contacts.

    With ``merge`` an older ``version`` is refused only if one of the fields sent has changed since.
    """
    company = _lock(ctx, company_id, Permission.COMPANY_EDIT, None if merge else version)
    sent = changes.sent()
    refuse_overlap(ctx, company, WORD, version if merge else None, sent)
    if "custom" in sent:
        sent[COLUMN] = changed_values(ctx, WORD, company.custom_values, sent.pop("custom"))
    writes.apply(ctx, company, WORD, sent)
    if "name" in sent:
        stale = company.contacts.exclude(company_name=company.name)
        stale.update(company_name=company.name)
    return get_company(ctx, company_id=company.pk)


@mutation(permission=Permission.COMPANY_EDIT)
def assign_company(
    ctx: Context, *, company_id: Id, owner_id: Id | None, version: Version | None = None
) -> RecordRef:
    """Give a company to a member, or to nobody."""
    company = _lock(ctx, company_id, Permission.COMPANY_EDIT, version)
    writes.assign(ctx, company, WORD, owner_id)
    return ref(company)


@mutation(permission=Permission.COMPANY_DELETE)
def archive_company(ctx: Context, *, company_id: Id, version: Version | None = None) -> RecordRef:
    """Put a company into the bin; its contacts stay."""
    company = _lock(ctx, company_id, Permission.COMPANY_DELETE, version)
    writes.archive(ctx, company, WORD)
    return ref(company)


@mutation(permission=Permission.COMPANY_DELETE, conflicts=CONFLICTS)
def restore_company(ctx: Context, *, company_id: Id) -> CompanyDetail:
    """Take a company out of the bin."""
    company = _lock(ctx, company_id, Permission.COMPANY_DELETE, None)
    writes.restore(ctx, company, WORD)
    return get_company(ctx, company_id=company.pk)


def _lock(ctx: Context, company_id: int, to: Permission, version: int | None) -> Company:
    return writes.lock(ctx, Company.objects.all(), company_id, to=to, version=version)
