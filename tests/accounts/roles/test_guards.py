"""Nobody grants more than they have, and a firm keeps an owner."""

import pytest
from django.utils import timezone

from accounts.models import TenantUser
from accounts.roles.invitations import COUNTED_FOR, MOST, MOST_TO_ONE
from accounts.roles.models import Invitation, Member, Role
from realtime.functions import Conflict, Forbidden, InvalidInput, RateLimited, Unauthenticated
from realtime.functions.call import call
from tests.cast import Cast


def role_id(key: str) -> int:
    return Role.objects.get(key=key).pk


def test_the_last_owner_stays(acme: str, cast: Cast) -> None:
    olivia = cast.olivia
    with pytest.raises(Conflict, match="at least one active owner"):
        call(
            "roles.change_member_role",
            olivia.context(),
            {"member_id": olivia.member_id, "role_id": role_id("agent")},
        )
    with pytest.raises(Conflict, match="at least one active owner"):
        call("roles.deactivate_member", olivia.context(), {"member_id": olivia.member_id})
    call(
        "roles.change_member_role",
        olivia.context(),
        {"member_id": cast.bob.member_id, "role_id": role_id("owner")},
    )
    call("roles.deactivate_member", olivia.context(), {"member_id": olivia.member_id})
    assert Member.objects.get(pk=olivia.member_id).is_active is False


def test_an_admin_cannot_make_or_unmake_owners(acme: str, cast: Cast) -> None:
    adam = cast.adam.context()
    for member in (cast.adam, cast.bob):
        with pytest.raises(Forbidden, match="more than yours"):
            call(
                "roles.change_member_role", adam, {"member_id": member.member_id, "role_id": role_id("owner")}
            )
    with pytest.raises(Forbidden):
        call("roles.deactivate_member", adam, {"member_id": cast.olivia.member_id})
    with pytest.raises(Forbidden):
        call("roles.invite_member", adam, {"email": "new@acme.test", "role_id": role_id("owner")})
    with pytest.raises(Forbidden):
        call("accounts.create_api_key", adam, {"name": "Up", "member_id": cast.olivia.member_id})


def test_a_role_manager_grants_no_more_than_they_have(acme: str, cast: Cast) -> None:
    olivia = cast.olivia.context()
    role = call("roles.create_role", olivia, {"name": "Keeper", "copy_role_id": role_id("viewer")})
    for word in ("role.manage", "member.manage"):
        call(
            "roles.set_role_permission", olivia, {"role_id": role["id"], "permission": word, "access": "all"}
        )
    call("roles.change_member_role", olivia, {"member_id": cast.vera.member_id, "role_id": role["id"]})
    vera = cast.vera
    with pytest.raises(Forbidden, match="grant more"):
        call(
            "roles.set_role_permission",
            vera.context(),
            {"role_id": role["id"], "permission": "contact.delete", "access": "all"},
        )
    with pytest.raises(Forbidden):
        call(
            "roles.change_member_role",
            vera.context(),
            {"member_id": vera.member_id, "role_id": role_id("admin")},
        )


def test_one_step_further_and_a_hidden_field_are_more_than_one_has(acme: str, cast: Cast) -> None:
    olivia, vera = cast.olivia.context(), cast.vera
    keeper = call("roles.create_role", olivia, {"name": "Keeper", "copy_role_id": role_id("viewer")})["id"]
    reader = call("roles.create_role", olivia, {"name": "Reader", "copy_role_id": keeper})["id"]
    for word, access in (("role.manage", "all"), ("member.manage", "all"), ("contact.edit", "team")):
        args = {"role_id": keeper, "permission": word, "access": access}
        call("roles.set_role_permission", olivia, args)
    hidden = {"role_id": keeper, "object": "contact", "field": "email", "level": "hidden"}
    call("roles.set_field_permission", olivia, hidden)
    call("roles.change_member_role", olivia, {"member_id": vera.member_id, "role_id": keeper})
    grant = {"role_id": reader, "permission": "contact.edit"}
    call("roles.set_role_permission", vera.context(), {**grant, "access": "team"})
    with pytest.raises(Forbidden, match="grant more"):
        call("roles.set_role_permission", vera.context(), {**grant, "access": "all"})
    with pytest.raises(Forbidden, match="hidden from yours"):
        call("roles.invite_member", vera.context(), {"email": "eve@example.org", "role_id": reader})


def test_invitations_are_limited_by_address_and_by_workspace(acme: str, cast: Cast) -> None:
    """Revoking one makes no room: what counts are the emails that went out."""

    def invite(email: str) -> int:
        args = {"email": email, "role_id": role_id("agent")}
        return int(call("roles.invite_member", cast.olivia.context(), args)["id"])

    for _ in range(MOST_TO_ONE):
        call("roles.revoke_invitation", cast.olivia.context(), {"invitation_id": invite("eve@example.org")})
    with pytest.raises(RateLimited, match="invited 3 times within a day") as refused:
        invite("eve@example.org")
    assert 0 < refused.value.retry_after <= COUNTED_FOR.total_seconds()
    old = Invitation.objects.get(pk=invite("zoe@example.org"))
    for number in range(MOST - MOST_TO_ONE - 1):
        old.pk, old.email, old.token_hash = None, f"{number}@example.org", f"{number:064}"
        old.save(force_insert=True)
    with pytest.raises(RateLimited, match="50 invitations"):
        invite("adam@example.org")
    Invitation.objects.update(created_at=timezone.now() - COUNTED_FOR)
    invite("adam@example.org")


def test_built_in_roles_keep_their_core(acme: str, cast: Cast) -> None:
    olivia = cast.olivia.context()
    with pytest.raises(Conflict, match="Owner role"):
        call(
            "roles.set_role_permission",
            olivia,
            {"role_id": role_id("owner"), "permission": "contact.view", "access": "none"},
        )
    with pytest.raises(Conflict, match="Built-in"):
        call("roles.delete_role", olivia, {"role_id": role_id("agent")})
    agent = {"role_id": role_id("agent")}
    call("roles.set_role_permission", olivia, {**agent, "permission": "contact.view", "access": "all"})
    call(
        "roles.set_field_permission",
        olivia,
        {**agent, "object": "contact", "field": "email", "level": "hidden"},
    )
    reset = call("roles.reset_role", olivia, agent)
    assert reset["permissions"]["contact.view"] == "own"
    assert reset["fields"] == []


@pytest.mark.parametrize(
    ("function", "args"),
    [
        ("roles.set_role_permission", {"permission": "contact.fly", "access": "all"}),
        ("roles.set_role_permission", {"permission": "system.call", "access": "all"}),
        ("roles.set_role_permission", {"permission": "role.manage", "access": "team"}),
        ("roles.set_field_permission", {"object": "contact", "field": "id", "level": "hidden"}),
        ("roles.set_field_permission", {"object": "contact", "field": "password", "level": "hidden"}),
        ("roles.set_field_permission", {"object": "member", "field": "email", "level": "hidden"}),
    ],
)
def test_unknown_words_are_refused(acme: str, cast: Cast, function: str, args: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        call(function, cast.olivia.context(), {"role_id": role_id("agent"), **args})


def test_a_deactivated_member_is_shut_out(acme: str, cast: Cast) -> None:
    call("roles.deactivate_member", cast.olivia.context(), {"member_id": cast.bob.member_id})
    with pytest.raises(Unauthenticated):
        call("contacts.list_contacts", cast.bob.context())
    assert TenantUser.objects.get(member_id=cast.bob.member_id, tenant__slug="acme").is_active is False
    call("roles.reactivate_member", cast.olivia.context(), {"member_id": cast.bob.member_id})
    call("contacts.list_contacts", cast.bob.context())
    assert TenantUser.objects.get(member_id=cast.bob.member_id, tenant__slug="acme").is_active is True
