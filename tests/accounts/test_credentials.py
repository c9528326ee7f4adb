"""What a credential stands on: whatever of it ends, the credential ends with it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.actor import member_context
from accounts.api_keys import create_api_key
from accounts.credentials import check_credential
from accounts.models import ApiKey, Device, Tenant, TenantUser, User
from realtime.functions import Context, Unauthenticated
from tests.cast import Cast, Person

pytestmark = pytest.mark.django_db


def by_key(person: Person, **values: Any) -> Context:
    """A context that a new key of the person's proved; the key then has these values."""
    tenant = Tenant.objects.get(schema_name=person.schema)
    key, _text = create_api_key(
        tenant_id=tenant.pk, member_id=person.member_id, name="test", scopes=("read",)
    )
    ApiKey.objects.filter(pk=key.pk).update(**values)
    return member_context(person.schema, person.member_id, credential=f"key:{key.pk}")


def by_session(person: Person) -> Context:
    """A context of a browser in which the person is logged in."""
    device = Device.objects.create(user_id=person.user_id, session_hash="x", last_seen_at=timezone.now())
    return member_context(person.schema, person.member_id, credential=f"session:{device.pk}")


def test_the_answer_is_good_until_the_key_expires(cast: Cast) -> None:
    end = timezone.now() + timedelta(hours=1)
    ctx = by_key(cast.olivia, expires_at=end)
    assert check_credential(ctx).scopes == ("read",)
    assert ctx.expires_at == end


def test_a_key_opens_its_own_tenant_only(cast: Cast) -> None:
    theirs = by_key(cast.charlie)
    stolen = member_context(cast.olivia.schema, cast.olivia.member_id, credential=theirs.actor.credential)
    assert check_credential(theirs).scopes == ("read",)
    with pytest.raises(Unauthenticated, match="revoked"):
        check_credential(stolen)


def test_a_session_ends_with_the_device(cast: Cast) -> None:
    ctx = by_session(cast.alice)
    assert check_credential(ctx).scopes is None
    Device.objects.filter(user_id=cast.alice.user_id).update(revoked_at=timezone.now())
    with pytest.raises(Unauthenticated, match="logged out"):
        check_credential(ctx)


def test_a_session_ends_with_the_user(cast: Cast) -> None:
    ctx = by_session(cast.alice)
    User.objects.filter(pk=cast.alice.user_id).update(is_active=False)
    with pytest.raises(Unauthenticated, match="membership"):
        check_credential(ctx)


def test_a_session_ends_with_the_place_in_this_tenant(cast: Cast) -> None:
    ctx = by_session(cast.alice)
    TenantUser.objects.filter(user_id=cast.alice.user_id).update(is_active=False)
    with pytest.raises(Unauthenticated, match="membership"):
        check_credential(ctx)


def test_a_session_of_somebody_elses_tenant_is_none(cast: Cast) -> None:
    ctx = by_session(cast.charlie)
    stolen = member_context(cast.olivia.schema, cast.olivia.member_id, credential=ctx.actor.credential)
    with pytest.raises(Unauthenticated, match="logged out"):
        check_credential(stolen)


@pytest.mark.parametrize("made", [by_key, by_session])
def test_everything_ends_with_the_tenant(cast: Cast, made: Any) -> None:
    ctx = made(cast.alice)
    Tenant.objects.filter(schema_name=ctx.schema).update(state=Tenant.State.SUSPENDED)
    with pytest.raises(Unauthenticated, match="suspended"):
        check_credential(ctx)
