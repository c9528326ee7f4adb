"""The secret that calls to other programs are signed with: shown to who asks for it, renewed with an overlap."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field

from accounts.permissions import Permission
from crm.automations.models import SigningSecret
from crm.automations.schemas import Secret, SecretState
from crm.automations.signing import secrets_of
from realtime.functions import Context, mutation, query

MANAGE = Permission.AUTOMATION_MANAGE
#: For how long the former secret may sign beside the new one.
Hours = Annotated[int, Field(ge=0, le=168)]


@query(permission=MANAGE)
def get_signing_state(ctx: Context) -> SecretState:
    """Read when the signing secret was renewed, and until when the former one signs, too. It does not tell them."""
    row = SigningSecret.objects.values("renewed_at", "former_until").first()
    if row is None:
        return {"renewed_at": None, "former_until": None}
    until = row["former_until"]
    if until > ctx.now:
        ctx.valid_until(until)
    return {"renewed_at": row["renewed_at"], "former_until": until if until > ctx.now else None}


@mutation(permission=MANAGE, keeps_result=False)
def reveal_signing_secret(ctx: Context) -> Secret:
    """Read the secret that calls to other programs are signed with (docs/webhooks.md); the audit log says who did."""
    ctx.audit("signing_secret", 1, {})
    return _secret(ctx)


@mutation(permission=MANAGE, keeps_result=False)
def renew_signing_secret(ctx: Context, *, overlap_hours: Hours = 24) -> Secret:
    """Make a new signing secret. For ``overlap_hours`` calls are signed by the former one as well.

    One that was made before that one signs nothing any more. 0 is for a secret that got into wrong hands.
    """
    row = SigningSecret.objects.select_for_update().filter(pk=1).first()
    number = 1 if row is None else row.number
    until = ctx.now + timedelta(hours=overlap_hours)
    given: dict[str, Any] = {"number": number + 1, "renewed_at": ctx.now, "former_until": until}
    if row is None:
        SigningSecret.objects.create(pk=1, **given)
    else:
        SigningSecret.objects.filter(pk=1).update(**given)
    ctx.audit("signing_secret", 1, {"number": [number, number + 1]})
    return _secret(ctx)


def _secret(ctx: Context) -> Secret:
    return {"secret": secrets_of(ctx.schema)[0], **get_signing_state(ctx)}
