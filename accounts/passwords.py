"""Changing one's password: with the one that holds now, and at the cost of every other log-in."""

from typing import Annotated

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from accounts.devices import revoke_devices
from accounts.models import Device, User
from accounts.outbox import queue_email
from accounts.permissions import Permission
from accounts.queries import acting_user_id
from accounts.roles.policy import acting_member_id
from accounts.roles.schemas import Deleted
from realtime.functions import Context, Forbidden, InvalidInput, invalid, mutation
from realtime.functions.errors import ArgumentError

Password = Annotated[str, Field(min_length=1, max_length=200)]


@mutation(permission=Permission.PROFILE_EDIT, keeps_result=False)
def change_password(ctx: Context, *, current_password: Password, new_password: Password) -> Deleted:
    """Change your password: you stay logged in here and nowhere else, and an email tells you.

    InvalidInput for a current password that is wrong and a new one that is weak or the same. Only the browser in which
    you are logged in may ask; the answer is your member's id.
    """
    kind, _colon, device_id = ctx.actor.credential.partition(":")
    if kind != "session":
        raise Forbidden("A password is changed in the browser.")
    user = User.objects.select_for_update().get(pk=acting_user_id(ctx))
    if not user.check_password(current_password):
        raise invalid("current_password", "This is not your current password.", "wrong_password")
    _check_new(user, current_password, new_password)
    user.set_password(new_password)
    user.save(update_fields=["password"])
    revoke_devices(Device.objects.filter(user=user).exclude(pk=int(device_id)), ctx.now)
    tell_of_new_password(user)
    ctx.audit("member", acting_member_id(ctx), {})
    return {"id": acting_member_id(ctx)}


def tell_of_new_password(user: User) -> None:
    """Write to the user that their password is another one: if it was not them, this is how they learn of it."""
    queue_email("", user.email, _("Your password was changed"), "password_changed", {"name": user.name})


def _check_new(user: User, current: str, new: str) -> None:
    if new == current:
        raise invalid("new_password", "This is your password already. Choose another one.", "same_password")
    try:
        validate_password(new, user)
    except ValidationError as error:
        errors: list[ArgumentError] = [
            {"param": "new_password", "code": "weak_password", "detail": text} for text in error.messages
        ]
        raise InvalidInput(errors=errors) from None
