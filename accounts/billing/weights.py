"""Which tenants get more of the workers' time: those whose plan weighs more (WORKFLOWS_WEIGHTS)."""

from accounts.billing.models import Plan
from accounts.models import Tenant


def weights() -> dict[str, int]:
    """The weight of each tenant's plan by schema, where it is more than 1."""
    heavy = dict(Plan.objects.filter(weight__gt=1).values_list("key", "weight"))
    if not heavy:
        return {}
    tenants = Tenant.objects.filter(plan__in=heavy).values_list("schema_name", "plan")
    return {schema: heavy[plan] for schema, plan in tenants}
