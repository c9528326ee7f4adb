"""The words that contacts are described with: the stages of the relationship, and where contacts come from."""

from typing import Any, cast

from django.db.models import F, Max

from accounts.permissions import Permission
from crm.contacts.models import Contact, ContactStage, LeadSource
from crm.contacts.queries import list_contact_stages
from crm.contacts.schemas import SourceName
from crm.records.schemas import Choice
from realtime.functions import Conflict, Context, Id, Name, NotFound, Phrase, invalid, mutation, query
from realtime.reads.fixed import FixedQuery

MANAGE = Permission.CONTACT_STAGE_MANAGE
STAGE_NAMES = {"contacts_contactstage_name_key": ("name", "Another stage already has this name.")}
SOURCE_NAMES = {"lead_source_name_unique": ("name", "There is already a source with this name.")}
MOST = 200


@mutation(permission=MANAGE, conflicts=STAGE_NAMES)
def create_contact_stage(ctx: Context, *, name: Name) -> list[Choice]:
    """Add a stage of the relationship after the others. Returns all of them."""
    stage = ContactStage.objects.create(name=name, position=_next(ContactStage))
    ctx.audit("contact_stage", stage.pk, {"name": [None, name]})
    return list_contact_stages(ctx)


@mutation(permission=MANAGE, conflicts=STAGE_NAMES)
def rename_contact_stage(ctx: Context, *, contact_stage_id: Id, name: Name) -> list[Choice]:
    """Change a stage's name. Returns all stages."""
    _rename(ctx, "contact_stage", _stage(contact_stage_id), name)
    return list_contact_stages(ctx)


@mutation(permission=MANAGE)
def order_contact_stages(ctx: Context, *, stage_ids: list[Id]) -> list[Choice]:
    """Put the stages into the given order, which names each of them once."""
    _order(ctx, "contact_stage", ContactStage, "stage_ids", stage_ids)
    return list_contact_stages(ctx)


@mutation(permission=MANAGE)
def delete_contact_stage(
    ctx: Context, *, contact_stage_id: Id, target_stage_id: Id | None = None
) -> list[Choice]:
    """Delete a stage; its contacts, those in the bin too, move to the target. Returns those left.

    Conflict for the last stage, and for one that holds contacts if no target is given.
    """
    stage = _stage(contact_stage_id)
    others = ContactStage.objects.exclude(pk=stage.pk)
    if not others.exists():
        raise Conflict("This is the last stage: contacts need one.")
    contacts = Contact.objects.filter(stage=stage)
    if target_stage_id is not None:
        if not others.filter(pk=target_stage_id).exists():
            raise invalid("target_stage_id", "Contacts can't go to this stage.", "unknown_stage")
        contacts.update(stage_id=target_stage_id, version=F("version") + 1, updated_at=ctx.now)
    elif contacts.exists():
        raise Conflict("Contacts are in this stage: say which stage they go to.")
    ctx.audit("contact_stage", stage.pk, {"name": [stage.name, None]})
    stage.delete()
    return list_contact_stages(ctx)


@query(permission=Permission.CONTACT_VIEW)
def list_lead_sources(ctx: Context) -> list[Choice]:
    """List where contacts come from, in order. A contact's ``source`` may be another word, too."""
    return cast("list[Choice]", SOURCES.dicts())


SOURCES = FixedQuery(
    lambda: LeadSource.objects.order_by("position", "id").values("id", "name")[:MOST], parameters=0
)


@mutation(permission=MANAGE, conflicts=SOURCE_NAMES)
def create_lead_source(ctx: Context, *, name: SourceName) -> list[Choice]:
    """Add a source to choose from, after the others. Returns all of them."""
    if LeadSource.objects.count() >= MOST:
        raise Conflict(Phrase("There are %(most)s sources already: delete some first.", most=MOST))
    source = LeadSource.objects.create(name=name, position=_next(LeadSource))
    ctx.audit("lead_source", source.pk, {"name": [None, name]})
    return list_lead_sources(ctx)


@mutation(permission=MANAGE, conflicts=SOURCE_NAMES)
def rename_lead_source(ctx: Context, *, lead_source_id: Id, name: SourceName) -> list[Choice]:
    """Change a source's name, on the contacts that have it too. Returns all sources."""
    source = _source(lead_source_id)
    Contact.objects.filter(source=source.name).update(
        source=name, version=F("version") + 1, updated_at=ctx.now
    )
    _rename(ctx, "lead_source", source, name)
    return list_lead_sources(ctx)


@mutation(permission=MANAGE)
def order_lead_sources(ctx: Context, *, lead_source_ids: list[Id]) -> list[Choice]:
    """Put the sources into the given order, which names each of them once."""
    _order(ctx, "lead_source", LeadSource, "lead_source_ids", lead_source_ids)
    return list_lead_sources(ctx)


@mutation(permission=MANAGE)
def delete_lead_source(ctx: Context, *, lead_source_id: Id) -> list[Choice]:
    """Offer a source no longer; the contacts that have it keep the word. Returns those left."""
    source = _source(lead_source_id)
    ctx.audit("lead_source", source.pk, {"name": [source.name, None]})
    source.delete()
    return list_lead_sources(ctx)


def _stage(pk: int) -> ContactStage:
    found = ContactStage.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no stage with this id.")
    return found


def _source(pk: int) -> LeadSource:
    found = LeadSource.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no source with this id.")
    return found


def _rename(ctx: Context, word: str, row: Any, name: str) -> None:
    if row.name != name:
        ctx.audit(word, row.pk, {"name": [row.name, name]})
        row.name = name
        row.save(update_fields=["name"])


def _order(ctx: Context, word: str, model: Any, param: str, ids: list[int]) -> None:
    rows = {row.pk: row for row in model.objects.select_for_update().order_by("id")}
    if sorted(ids) != sorted(rows):
        raise invalid(param, "Name each of them once.", "not_all")
    for position, pk in enumerate(ids):
        rows[pk].position = position
    model.objects.bulk_update(rows.values(), ["position"])
    ctx.audit(word, None, {param: [None, ids]})


def _next(model: Any) -> int:
    """The position after the last one."""
    last = model.objects.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1
