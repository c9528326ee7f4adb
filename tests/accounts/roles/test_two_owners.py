"""A firm keeps an owner also when its owners leave at the same moment."""

import threading

from django.db import connection

from accounts.roles.models import Member
from accounts.tenancy import tenant_context
from realtime.functions import Conflict
from realtime.functions.call import call
from tests.accounts.roles.test_guards import role_id
from tests.cast import load_cast


def test_two_owners_cannot_leave_at_once(committed_db: str) -> None:
    cast, refused = load_cast(), []
    with tenant_context("t_acme"):
        args = {"member_id": cast.bob.member_id, "role_id": role_id("owner")}
        call("roles.change_member_role", cast.olivia.context(), args)

    def leave(member_id: int) -> None:
        with tenant_context("t_acme"):
            try:
                context = (cast.olivia if member_id == cast.olivia.member_id else cast.bob).context()
                call("roles.deactivate_member", context, {"member_id": member_id})
            except Conflict:
                refused.append(member_id)
            finally:
                connection.close()

    threads = [threading.Thread(target=leave, args=(who.member_id,)) for who in (cast.olivia, cast.bob)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tenant_context("t_acme"):
        assert Member.objects.filter(role__key="owner", is_active=True).count() == 1
        assert len(refused) == 1
