"""Creating a company or changing the one that is there, found by its domain."""

from typing import Literal, cast

from django.db import connection

from accounts.permissions import Permission
from accounts.roles.policy import visible_to
from crm.companies.models import Company
from crm.companies.mutations import CONFLICTS, create_company, update_company
from crm.companies.schemas import CompanyChanges, CompanyUpserted, CompanyValues
from realtime.functions import Context, invalid, mutation
from realtime.functions.call import permit


@mutation(permission=Permission.COMPANY_EDIT, conflicts=CONFLICTS)
def upsert_company(ctx: Context, *, match: Literal["domain"], values: CompanyValues) -> CompanyUpserted:
    """Change the company in your sight that has this domain, or create it. ``created`` says what happened.

    Two callers at once make one company. A new one needs a name.
    """
    sent = values.sent()
    if not sent.get("domain"):
        raise invalid("values.domain", "Give a domain to match by.", "required")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"{ctx.schema} company {sent['domain']}"],
        )
    seen = visible_to(ctx, Permission.COMPANY_VIEW, Company.objects.filter(archived_at=None))
    found = seen.filter(domain__iexact=sent["domain"]).values_list("pk", flat=True).first()
    if found is None:
        permit(create_company, ctx)
        if not sent.get("name"):
            raise invalid("values.name", "Give the new company a name.", "required")
        return cast("CompanyUpserted", {**create_company(ctx, **sent), "created": True})
    sent.pop("owner_id", None)
    changed = update_company(ctx, company_id=found, changes=CompanyChanges.model_validate(sent))
    return cast("CompanyUpserted", {**changed, "created": False})
