"""Changing tags: each change reaches the contacts that carry the tag, in one statement."""

from typing import Any, cast

from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower

from accounts.permissions import Permission
from crm.segments.models import ContactTag, Tag
from crm.segments.schemas import TagChanges, TagColor, TagName, TagRow
from crm.segments.view_tags import rename_in_views
from realtime.functions import Conflict, Context, Id, NotFound, Phrase, invalid, mutation

MANAGE = Permission.TAG_MANAGE
NAMES = {"tag_name_unique": ("name", "There is already a tag with this name: merge the two instead.")}
MOST = 1000


@mutation(permission=MANAGE, conflicts=NAMES)
def create_tag(ctx: Context, *, name: TagName, color: TagColor = "gray") -> TagRow:
    """Add a tag to choose from."""
    if Tag.objects.count() >= MOST:
        raise Conflict(Phrase("There are %(most)s tags already: delete or merge some first.", most=MOST))
    tag = Tag.objects.create(name=name, color=color)
    ctx.audit("tag", tag.pk, {"name": [None, name], "color": [None, color]})
    return _row(tag)


@mutation(permission=MANAGE, conflicts=NAMES)
def update_tag(ctx: Context, *, tag_id: Id, changes: TagChanges) -> TagRow:
    """Change a tag's name, on the contacts that carry it too, or its colour."""
    tag = _lock(tag_id)
    sent = {name: new for name, new in changes.sent().items() if getattr(tag, name) != new}
    if not sent:
        return _row(tag)
    ctx.audit("tag", tag.pk, {name: [getattr(tag, name), new] for name, new in sent.items()})
    had = tag.name
    for name, new in sent.items():
        setattr(tag, name, new)
    tag.save(update_fields=list(sent))
    if "name" in sent:
        _write(ctx, _carriers(tag), _replaced(had, tag.name))
        rename_in_views(had, tag.name)
    return _row(tag)


@mutation(permission=MANAGE)
def merge_tags(ctx: Context, *, tag_id: Id, into_id: Id) -> TagRow:
    """Let one tag become another: its contacts get the other one, and it is gone."""
    if tag_id == into_id:
        raise invalid("into_id", "Choose another tag to merge into.", "itself")
    tags = {
        tag.pk: tag for tag in Tag.objects.select_for_update().filter(pk__in=(tag_id, into_id)).order_by("id")
    }
    if len(tags) < 2:
        raise NotFound("There is no tag with this id.")
    tag, into = tags[tag_id], tags[into_id]
    both = Q(pk__in=into.contact_tags.values("contact_id"))
    _write(ctx, _carriers(tag).filter(both), _removed(tag.name))
    _write(ctx, _carriers(tag).exclude(both), _replaced(tag.name, into.name))
    tag.contact_tags.exclude(contact_id__in=into.contact_tags.values("contact_id")).update(tag=into)
    rename_in_views(tag.name, into.name)
    ctx.audit("tag", tag.pk, {"name": [tag.name, into.name]})
    tag.delete()
    return _row(into)


@mutation(permission=MANAGE)
def delete_tag(ctx: Context, *, tag_id: Id) -> TagRow:
    """Delete a tag; the contacts that carry it lose it."""
    tag = _lock(tag_id)
    row = _row(tag)
    _write(ctx, _carriers(tag), _removed(tag.name))
    ctx.audit("tag", tag.pk, {"name": [tag.name, None]})
    tag.delete()
    return row


def _lock(tag_id: int) -> Tag:
    tag = Tag.objects.select_for_update().filter(pk=tag_id).first()
    if tag is None:
        raise NotFound("There is no tag with this id.")
    return tag


def _row(tag: Tag) -> TagRow:
    return cast("TagRow", {"id": tag.pk, "name": tag.name, "color": tag.color})


def _carriers(tag: Tag) -> Any:
    """The contacts that carry the tag; their area stands above this one."""
    model: Any = ContactTag._meta.get_field("contact").related_model
    return model._default_manager.filter(pk__in=tag.contact_tags.values("contact_id"))


def _write(ctx: Context, contacts: Any, tags: Func) -> None:
    contacts.update(tags=tags, updated_at=ctx.now)


def _replaced(old: str, new: str) -> Func:
    return Func(F("tags"), Value(old), Value(new), function="array_replace")


def _removed(name: str) -> Func:
    return Func(F("tags"), Value(name), function="array_remove")


def tag_named(name: str) -> Tag:
    """The tag of that name, however it is capitalised; made if there is none. Two at once make one."""
    found = _named(name)
    if found is None:
        Tag.objects.bulk_create([Tag(name=name)], ignore_conflicts=True)
        found = _named(name)
    assert found is not None
    return found


def _named(name: str) -> Tag | None:
    return Tag.objects.alias(lower=Lower("name")).filter(lower=Lower(Value(name))).first()
