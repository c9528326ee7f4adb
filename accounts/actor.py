"""Contexts: who calls, made from a member, a credential or the system itself."""

from accounts.roles.models import Member
from realtime.functions import Actor, Context


def member_context(
    schema: str, member: Member | int, *, credential: str = "", request_id: str = ""
) -> Context:
    """A context in which the member acts."""
    member_id = member if isinstance(member, int) else member.pk
    return Context(schema, Actor("member", member_id, credential), request_id)


def system_context(schema: str, *, request_id: str = "") -> Context:
    """A context in which the product itself acts: everything is allowed, and audited as the system's."""
    return Context(schema, Actor("system"), request_id)


def operator_context(schema: str, user_id: int) -> Context:
    """A context in which whoever runs the deployment acts: as the system, and audited with who it was."""
    return Context(schema, Actor("system", None, f"operator:{user_id}"))
