"""Who calls, and which tenant is meant: from host, session and API key to a context, for pages, REST and sockets.

The tenant comes from the host; on a bare host from the credential (the session's current tenant, the key's).
If both are given and differ, or the user is not a member: NotFound, as if the tenant did not exist.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from accounts import tenancy
from accounts.api_keys import TENANT_FIELDS, find_key
from accounts.credentials import Proof, standing_of
from accounts.devices import SESSION_KEY, note_visit, revoke_devices, start_device
from accounts.hosts import tenant_of_host
from accounts.models import Device, Tenant, TenantUser, User
from accounts.tickets import use_ticket
from realtime.functions import Actor, Context, Forbidden, FunctionError, NotFound, Unauthenticated
from realtime.reads.fixed import FixedQuery

#: Where a session keeps the id of the tenant that its user last chose.
CURRENT_TENANT = "tenant_id"


class EmailBackend(ModelBackend):
    """Logs in by email, whatever its capitals. An unknown email costs one password hash, as a known one does."""

    def authenticate(self, request: Any, username: Any = None, password: Any = None, **kwargs: Any) -> Any:
        email = username or kwargs.get("email")
        if not isinstance(email, str) or password is None:
            return None
        return super().authenticate(request, username=email.strip().lower(), password=password)

    def get_user(self, user_id: Any) -> Any:
        """Django's: the user of a session, for each of its requests."""
        with tenancy.anywhere():
            rows = USER.rows(int(user_id))
        user = User.from_db("default", USER_FIELDS, rows[0]) if rows else None
        return user if user is not None and self.user_can_authenticate(user) else None


@dataclass(frozen=True, slots=True)
class Visit:
    """Who came and where to: the tenant and the context, if any, or why there is none."""

    tenant: Tenant | None = None
    context: Context | None = None
    refusal: FunctionError | None = None

    @property
    def schema(self) -> str:
        """The schema to answer from."""
        return self.context.schema if self.context else tenancy.PUBLIC


@dataclass(frozen=True, slots=True)
class Credential:
    """An API key that proved itself: whom it acts as, where, and within which scopes."""

    tenant: Tenant
    actor: Actor
    scopes: tuple[str, ...]

    @property
    def schema(self) -> str:
        """The schema that it leads to."""
        schema: str = self.tenant.schema_name
        return schema


def authenticate_api_key(text: str, *, host: str, address: str | None = None) -> Credential:
    """The credential of a key's text on a host (as in the Host header) from an address.

    Raises Unauthenticated for a key that does not work, NotFound for a host of nobody or of another tenant.
    """
    tenant = tenant_of_host(host)
    key = find_key(text, address=address)
    if tenant is not None and tenant.pk != key.tenant.pk:
        raise NotFound
    return Credential(key.tenant, Actor("member", key.member_id, f"key:{key.id}"), key.scopes)


def visit(
    *,
    host: str,
    session: SessionBase | None = None,
    user: Any = None,
    key: str = "",
    address: str | None = None,
    request_id: str = "",
) -> Visit:
    """Resolve a request. ``user`` is the session's user if known; ``key`` an API key's text, "" for none.

    Raises NotFound for a host that leads nowhere; every other refusal is kept in the visit, as public pages
    (log-in, sign-up) answer without a context.
    """
    tenant = tenant_of_host(host)
    try:
        if tenant is not None and tenant.state != Tenant.State.ACTIVE:
            raise Forbidden("This workspace is suspended.")
        if key:
            found = authenticate_api_key(key, host=host, address=address)
            ctx = Context(
                found.schema,
                found.actor,
                request_id,
                checked=Proof(tuple(sorted(found.scopes)), standing_of(found.tenant)),
            )
            return Visit(found.tenant, ctx)
        if session is None or not session.get(SESSION_KEY):
            raise Unauthenticated
        return _visit_by_session(tenant, session, user, request_id)
    except FunctionError as refusal:
        return Visit(tenant, refusal=refusal)


def resolve_socket(
    scope: Mapping[str, Any], *, key: str = "", ticket: str = "", request_id: str = ""
) -> Context:
    """The context of a socket, from an ASGI scope (host, cookie, Authorization) or a key or ticket that was sent.

    Raises Unauthenticated, NotFound or Forbidden. Synchronous: call it through database_sync_to_async.
    """
    headers = {name.lower(): value.decode("latin-1") for name, value in scope.get("headers", [])}
    host = headers.get(b"host", "")
    if ticket:
        came = Visit(context=use_ticket(ticket, host=host, request_id=request_id))
    else:
        came = _visit_of_socket(scope, headers, key, request_id)
    if came.context is None:
        raise came.refusal or Unauthenticated()
    with tenancy.tenant_context(came.context.schema):
        # A credential that has ended or a deactivated member is refused now, not at the first query.
        _ = came.context.again().scope
    return came.context


def _visit_of_socket(
    scope: Mapping[str, Any], headers: Mapping[bytes, str], key: str, request_id: str
) -> Visit:
    return visit(
        host=headers.get(b"host", ""),
        session=_session_of_cookie(headers.get(b"cookie", "")),
        key=key or bearer_key(headers.get(b"authorization", "")),
        address=(scope.get("client") or [None])[0],
        request_id=request_id,
    )


def bearer_key(authorization: str) -> str:
    """The key in an Authorization header, "" if it holds none."""
    scheme, _, value = authorization.partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def session_user(session: SessionBase) -> User | None:
    """The user whom the session logged in, unless the password has changed since."""
    request: Any = SimpleNamespace(session=session)  # all that Django asks of it
    user = get_user(request)
    return user if isinstance(user, User) else None


def choose_tenant(session: SessionBase, user: User, tenant_id: int | None = None) -> Tenant | None:
    """Make a tenant the session's current one: the given one, or the user's first. None if not a member of it."""
    with tenancy.public_context():
        places = TenantUser.objects.select_related("tenant").filter(
            user=user, is_active=True, tenant__state=Tenant.State.ACTIVE
        )
        if tenant_id is not None:
            places = places.filter(tenant_id=tenant_id)
        place = places.order_by("created_at", "id").first()
    if place is None:
        return None
    session[CURRENT_TENANT] = place.tenant_id
    return place.tenant


def connect_signals() -> None:
    """Follow Django's own log-in and log-out, whoever calls them (allauth, sign-up, the operator site, tests)."""
    from allauth.account.signals import password_changed, password_reset

    user_logged_in.connect(_on_log_in, dispatch_uid="accounts")
    user_logged_out.connect(_on_log_out, dispatch_uid="accounts")
    password_reset.connect(_on_new_password, dispatch_uid="accounts")
    password_changed.connect(_on_new_password, dispatch_uid="accounts")


def _on_log_in(sender: Any, request: Any, user: User, **kwargs: Any) -> None:
    start_device(request, user)
    choose_tenant(request.session, user)


def _on_log_out(sender: Any, request: Any, user: User | None, **kwargs: Any) -> None:
    device_id = request.session.get(SESSION_KEY)
    if device_id:
        with tenancy.public_context():
            revoke_devices(Device.objects.filter(pk=device_id), timezone.now())


def _on_new_password(sender: Any, request: Any, user: User, **kwargs: Any) -> None:
    """A new password ends every other log-in, open pages included."""
    from accounts.passwords import tell_of_new_password  # registers a function: not before the apps are ready

    with tenancy.public_context():
        others = Device.objects.filter(user=user).exclude(pk=request.session.get(SESSION_KEY) or 0)
        revoke_devices(others, timezone.now())
        tell_of_new_password(user)


def _visit_by_session(tenant: Tenant | None, session: SessionBase, user: Any, request_id: str) -> Visit:
    found = user if isinstance(user, User) else session_user(session)
    tenant_id = tenant.pk if tenant is not None else session.get(CURRENT_TENANT)
    if found is None:
        raise Unauthenticated
    note_visit(session, timezone.now())
    place = _place(found, tenant_id)
    if tenant is None and (place is None or place.tenant.state != Tenant.State.ACTIVE):
        chosen = choose_tenant(session, found)  # removed, or the firm is suspended: any other will do
        place = _place(found, chosen.pk) if chosen else place
    if place is None:
        raise NotFound("You are not a member of this workspace.")
    if place.tenant.state != Tenant.State.ACTIVE:
        raise Forbidden("This workspace is suspended.")
    actor = Actor("member", place.member_id, f"session:{session[SESSION_KEY]}")
    return Visit(place.tenant, Context(place.tenant.schema_name, actor, request_id))


def _place(user: User, tenant_id: int | None) -> TenantUser | None:
    if tenant_id is None:
        return None
    with tenancy.anywhere():
        rows = PLACE.rows(user.pk, tenant_id)
    if not rows:
        return None
    place = TenantUser.from_db("default", PLACE_FIELDS, rows[0][: len(PLACE_FIELDS)])
    place.tenant = Tenant.from_db("default", TENANT_FIELDS, rows[0][len(PLACE_FIELDS) :])
    return place


PLACE_FIELDS = [field.attname for field in TenantUser._meta.concrete_fields]
#: A user has one place in a tenant.
PLACE = FixedQuery(
    lambda user_id, tenant_id: TenantUser.objects.filter(
        user_id=user_id, tenant_id=tenant_id, is_active=True
    ).values_list(*PLACE_FIELDS, *(f"tenant__{name}" for name in TENANT_FIELDS)),
    parameters=2,
)
USER_FIELDS = [field.attname for field in User._meta.concrete_fields]
USER = FixedQuery(lambda user_id: User.objects.filter(pk=user_id).values_list(*USER_FIELDS))


def _session_of_cookie(header: str) -> SessionBase | None:
    try:
        morsel = SimpleCookie(header).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    if morsel is None:
        return None
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(morsel.value)
    return store
