import pytest

from accounts.billing.models import Plan
from accounts.billing.weights import weights
from accounts.models import Tenant
from tests.cast import ACME, GLOBEX

pytestmark = pytest.mark.django_db


def test_a_tenant_weighs_what_its_plan_does(cast: object) -> None:
    assert weights() == {}
    Plan.objects.filter(key="team").update(weight=4)
    Tenant.objects.filter(schema_name=ACME).update(plan="team")
    Tenant.objects.filter(schema_name=GLOBEX).update(plan="starter")
    assert weights() == {ACME: 4}
