"""Who has a part in a deal: its contacts with their roles, and the colleagues who share its commission."""

from decimal import Decimal
from typing import Any

from django.db.models import F, Sum

from accounts.permissions import Permission
from accounts.roles.models import Member
from accounts.roles.policy import get_visible, record_rule, refuse_readonly
from crm.contacts.models import Contact
from crm.deals.changing import WORD, lock
from crm.deals.models import Deal, DealContact, DealMember
from crm.deals.schemas import DealContactRow, DealMemberRow, Split
from crm.records import writes
from crm.records.fields import shows
from crm.records.links import check_link
from realtime.functions import Context, Forbidden, Id, NotFound, Phrase, Word, invalid, mutation, query

WHOLE = Decimal(100)
CENT = Decimal("0.01")
#: Of each kind, at most.
MOST = 50


@query(permission=Permission.DEAL_VIEW)
def list_deal_contacts(ctx: Context, *, deal_id: Id) -> list[DealContactRow]:
    """List the people with a part in a deal, the primary one first, as far as you may see them."""
    get_visible(ctx, Permission.DEAL_VIEW, Deal.objects.only("id"), deal_id)
    if not shows(ctx, "deal", "contact_id"):
        raise Forbidden("Your role may not see the contacts of deals.")
    found = DealContact.objects.filter(deal_id=deal_id)
    condition = record_rule(ctx, Permission.CONTACT_VIEW).q("contact__")
    found = found if condition is None else found.filter(condition)
    rows: Any = found.order_by("-is_primary", "id").values(
        "contact_id", "role", "is_primary", contact_name=F("contact__full_name")
    )
    return list(rows[:MOST])


@mutation(permission=Permission.DEAL_EDIT)
def set_deal_contact(
    ctx: Context, *, deal_id: Id, contact_id: Id, role: Word = "", is_primary: bool = False
) -> list[DealContactRow]:
    """Give a person a part in a deal, or another role; the primary one is the deal's ``contact_id``.

    Making one primary leaves the former one among the others. InvalidInput if there is no such contact in sight.
    """
    deal = lock(ctx, deal_id, Permission.DEAL_EDIT, None)
    check_link(ctx, Permission.CONTACT_VIEW, Contact, "contact_id", contact_id)
    refuse_readonly(ctx, WORD, {"contact_id"})
    part, _made = DealContact.objects.get_or_create(deal=deal, contact_id=contact_id)
    _refuse_crowd(DealContact.objects.filter(deal=deal))
    if part.role != role or _made:
        ctx.audit(WORD, deal.pk, {f"contact {contact_id}": [None if _made else part.role, role]})
        part.role = role
        part.save(update_fields=["role"])
    if is_primary and deal.contact_id != contact_id:
        writes.write(ctx, deal, WORD, {"contact_id": contact_id})
    return list_deal_contacts(ctx, deal_id=deal_id)


@mutation(permission=Permission.DEAL_EDIT)
def remove_deal_contact(ctx: Context, *, deal_id: Id, contact_id: Id) -> list[DealContactRow]:
    """Take a person's part in a deal away; after the primary one the deal is with nobody first."""
    deal = lock(ctx, deal_id, Permission.DEAL_EDIT, None)
    refuse_readonly(ctx, WORD, {"contact_id"})
    if contact_id not in {row["contact_id"] for row in list_deal_contacts(ctx, deal_id=deal_id)}:
        raise NotFound("This person has no part in the deal.")
    if deal.contact_id == contact_id:
        writes.write(ctx, deal, WORD, {"contact_id": None})
    DealContact.objects.filter(deal=deal, contact_id=contact_id).delete()
    ctx.audit(WORD, deal.pk, {f"contact {contact_id}": ["", None]})
    return list_deal_contacts(ctx, deal_id=deal_id)


@query(permission=Permission.DEAL_VIEW)
def list_deal_members(ctx: Context, *, deal_id: Id) -> list[DealMemberRow]:
    """List the colleagues on a deal, with their splits and what these make of the commission."""
    deal = get_visible(ctx, Permission.DEAL_VIEW, Deal.objects.only("id", "commission"), deal_id)
    rows: Any = (
        DealMember.objects.filter(deal_id=deal_id)
        .order_by("id")
        .values("member_id", "role", "split", member_name=F("member__name"))
    )
    is_shown = shows(ctx, "deal", "commission")
    shown: Any = [
        {**row, **({"share": _share(deal.commission, row["split"])} if is_shown else {})} for row in rows
    ]
    return list(shown)


def _share(commission: Decimal | None, split: Decimal | None) -> Decimal | None:
    return None if commission is None or split is None else (commission * split / WHOLE).quantize(CENT)


@mutation(permission=Permission.DEAL_EDIT)
def set_deal_member(
    ctx: Context, *, deal_id: Id, member_id: Id, role: Word = "", split: Split | None = None
) -> list[DealMemberRow]:
    """Put a colleague on a deal, or change their role and split. It gives no sight of the deal: that owner and team do.

    InvalidInput for a member who is not active, and for splits of more than 100 per cent together.
    """
    deal = lock(ctx, deal_id, Permission.DEAL_EDIT, None)
    refuse_readonly(ctx, WORD, {"commission"} if split is not None else set())
    if not Member.objects.filter(pk=member_id, is_active=True).exists():
        raise invalid("member_id", "There is no active member with this id.", "unknown_member")
    others = DealMember.objects.filter(deal=deal).exclude(member_id=member_id)
    taken = others.aggregate(taken=Sum("split"))["taken"] or 0
    if taken + (split or 0) > WHOLE:
        left = f"{(WHOLE - taken).normalize():f}"
        detail = Phrase("The others have %(taken)s per cent: %(left)s are left.", taken=taken, left=left)
        raise invalid("split", detail, "too_much")
    DealMember.objects.update_or_create(
        deal=deal, member_id=member_id, defaults={"role": role, "split": split}
    )
    _refuse_crowd(DealMember.objects.filter(deal=deal))
    ctx.audit(WORD, deal.pk, {f"member {member_id}": [None, f"{role} {split or ''}".strip()]})
    return list_deal_members(ctx, deal_id=deal_id)


@mutation(permission=Permission.DEAL_EDIT)
def remove_deal_member(ctx: Context, *, deal_id: Id, member_id: Id) -> list[DealMemberRow]:
    """Take a colleague off a deal."""
    deal = lock(ctx, deal_id, Permission.DEAL_EDIT, None)
    if not DealMember.objects.filter(deal=deal, member_id=member_id).delete()[0]:
        raise NotFound("This member is not on the deal.")
    ctx.audit(WORD, deal.pk, {f"member {member_id}": ["", None]})
    return list_deal_members(ctx, deal_id=deal_id)


def _refuse_crowd(rows: Any) -> None:
    if len(rows.values_list("id")[: MOST + 1]) > MOST:
        raise invalid("deal_id", Phrase("A deal has at most %(most)s of them.", most=MOST), "too_many")
