"""Changing the several email addresses, phone numbers and postal addresses of a contact.

The contact's own columns decide which is primary (``migrations/parts.sql``), so the primary one is changed by
writing the contact. Each change counts the contact's version up and is audited with the contact.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from accounts.roles.policy import refuse_readonly
from crm.contacts.locking import WORD, lock_contact
from crm.contacts.models import Address, Contact, EmailAddress, PhoneNumber
from crm.contacts.naming import refuse_nameless
from crm.contacts.phones import e164, last_digits
from crm.records import writes
from realtime.functions import Conflict, Context, NotFound, Phrase, invalid

MOST = 50


@dataclass(frozen=True, slots=True)
class PartKind:
    """One kind of part: its table, the contact's column that holds the primary one, the column of its value."""

    model: Any
    word: str
    columns: tuple[str, ...]
    column: str = ""
    value: str = ""
    #: What follows from a value: {column: function of (ctx, value)}.
    derive: Callable[[Context, str], Mapping[str, Any]] = lambda ctx, value: {}


def _never_bounced(ctx: Context, written: str) -> dict[str, Any]:
    return {"bounced_at": None}


def _digits(ctx: Context, written: str) -> dict[str, Any]:
    normalised = e164(ctx, written)
    return {
        "e164": normalised,
        "last_digits": last_digits(written, normalised),
        "is_bad": False,
        "status": "unknown",
    }


EMAIL = PartKind(
    EmailAddress,
    "emails",
    ("id", "address", "label", "is_primary", "bounced_at"),
    "email",
    "address",
    _never_bounced,
)
PHONE = PartKind(
    PhoneNumber,
    "phones",
    ("id", "raw", "e164", "kind", "status", "is_bad", "is_primary"),
    "phone",
    "raw",
    _digits,
)
ADDRESS = PartKind(
    Address,
    "addresses",
    ("id", "label", "street", "city", "region", "postal_code", "country", "is_primary"),
)


def add_part(
    ctx: Context,
    kind: PartKind,
    contact_id: int,
    values: dict[str, Any],
    is_primary: bool,
    version: int | None,
) -> Any:
    """Add one to a contact; the first one is primary whatever was asked for."""
    contact = _lock(ctx, kind, contact_id, version)
    others = kind.model.objects.filter(contact=contact)
    count = others.count()
    if count >= MOST:
        raise Conflict(Phrase("A contact has at most %(most)s of these: delete one first.", most=MOST))
    _refuse_double(kind, others, values)
    row = kind.model.objects.create(contact=contact, **_full(ctx, kind, values))
    columns = _make_primary(ctx, kind, contact, row) if is_primary or not count else {}
    _write(ctx, contact, columns, told={kind.word: [None, str(row)]})
    return _row(kind, row.pk)


def update_part(
    ctx: Context,
    kind: PartKind,
    contact_id: int,
    pk: int,
    values: dict[str, Any],
    version: int | None,
) -> Any:
    """Change one of a contact; ``is_primary`` in the values makes it the primary one."""
    contact = _lock(ctx, kind, contact_id, version)
    row, before = _part(kind, contact, pk)
    to_primary = values.pop("is_primary", None)
    if to_primary is False and row.is_primary:
        raise invalid("changes.is_primary", "Make another one the primary one instead.", "needs_primary")
    _refuse_double(kind, kind.model.objects.filter(contact=contact).exclude(pk=pk), values)
    for name, value in _full(ctx, kind, values).items():
        setattr(row, name, value)
    if row.is_primary and kind.column:
        columns = _columns(ctx, kind, row)
    else:
        columns = {}
    row.save()
    if to_primary and not row.is_primary:
        columns = _make_primary(ctx, kind, contact, row)
    _write(ctx, contact, columns, told={kind.word: [before, _said(row, before, to_primary)]})
    return _row(kind, pk)


def delete_part(ctx: Context, kind: PartKind, contact_id: int, pk: int, version: int | None) -> Any:
    """Take one away; of those left, the oldest becomes the primary one if that was it."""
    contact = _lock(ctx, kind, contact_id, version)
    row, before = _part(kind, contact, pk)
    row.delete()
    heir = kind.model.objects.filter(contact=contact).order_by("id").first() if row.is_primary else None
    columns: dict[str, Any] = {}
    if heir is not None:
        columns = _make_primary(ctx, kind, contact, heir)
    elif row.is_primary and kind.column:
        columns = {kind.column: "", **({"phone_e164": ""} if kind is PHONE else {})}
    refuse_nameless(contact, columns)
    _write(ctx, contact, columns, told={kind.word: [before, None]})
    return {"id": pk}


def heir_of(contact: Contact, kind: PartKind) -> str:
    """Take the contact's primary one away and answer the value that takes its place ("" if there is none)."""
    rows = kind.model.objects.filter(contact=contact)
    rows.filter(is_primary=True).delete()
    found = rows.order_by("id").values_list(kind.value, flat=True).first()
    return cast("str", found or "")


def _lock(ctx: Context, kind: PartKind, contact_id: int, version: int | None) -> Contact:
    contact = lock_contact(ctx, contact_id, version=version)
    if kind.column:
        refuse_readonly(ctx, WORD, {kind.column})
    return contact


def _part(kind: PartKind, contact: Contact, pk: int) -> tuple[Any, str]:
    row = kind.model.objects.filter(contact=contact, pk=pk).first()
    if row is None:
        raise NotFound("The contact has nothing of the kind with this id.")
    return row, str(row)


def _refuse_double(kind: PartKind, others: Any, values: Mapping[str, Any]) -> None:
    given = values.get(kind.value) if kind.value else None
    if given is not None and others.filter(**{kind.value: given}).exists():
        raise Conflict("The contact has this already.")


def _full(ctx: Context, kind: PartKind, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with what follows from them."""
    derived = kind.derive(ctx, values[kind.value]) if kind.value in values else {}
    return {**derived, **values}


def _make_primary(ctx: Context, kind: PartKind, contact: Contact, row: Any) -> dict[str, Any]:
    """The contact's columns that make the row primary; what has no column there is marked at once."""
    if kind.column:
        return _columns(ctx, kind, row)
    rows = kind.model.objects.filter(contact=contact)
    rows.filter(is_primary=True).update(is_primary=False)
    rows.filter(pk=row.pk).update(is_primary=True)
    return {}


def _columns(ctx: Context, kind: PartKind, row: Any) -> dict[str, Any]:
    return {kind.column: getattr(row, kind.value), **({"phone_e164": row.e164} if kind is PHONE else {})}


def _write(ctx: Context, contact: Contact, columns: dict[str, Any], told: dict[str, list[Any]]) -> None:
    """Write the contact: its columns as changes of its own, beside what the audit log is told."""
    derived = {name: columns.pop(name) for name in ("phone_e164",) if name in columns}
    changes = {name: value for name, value in columns.items() if getattr(contact, name) != value}
    writes.write(ctx, contact, WORD, changes, derived, told)


def _said(row: Any, before: str, to_primary: bool | None) -> str:
    """What the audit log says of a row after its change."""
    said = str(row)
    return said if said != before else f"{said} ({'primary' if to_primary else 'changed'})"


def _row(kind: PartKind, pk: int) -> Any:
    return kind.model.objects.filter(pk=pk).values(*kind.columns).get()
