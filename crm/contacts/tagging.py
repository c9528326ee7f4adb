"""Tags on contacts: a row each, and their names on the contact, where lists and filters read them."""

from collections.abc import Iterable

from accounts.permissions import Permission
from accounts.roles.policy import refuse_readonly
from crm.contacts.locking import WORD, lock_contact
from crm.contacts.models import Contact
from crm.contacts.queries import get_contact
from crm.contacts.schemas import ContactDetail
from crm.records import writes
from crm.segments.models import ContactTag
from crm.segments.mutations import tag_named
from crm.segments.schemas import TagName
from realtime.functions import Conflict, Context, Id, Phrase, mutation

MOST = 50


@mutation(permission=Permission.CONTACT_EDIT)
def tag_contact(ctx: Context, *, contact_id: Id, tag: TagName) -> ContactDetail:
    """Put a tag on a contact; a tag that nobody has used yet is made. A second time does nothing."""
    contact = lock_contact(ctx, contact_id)
    refuse_tags(ctx, [tag])
    add_tags(ctx, contact, [tag])
    return get_contact(ctx, contact_id=contact_id)


@mutation(permission=Permission.CONTACT_EDIT)
def untag_contact(ctx: Context, *, contact_id: Id, tag: TagName) -> ContactDetail:
    """Take a tag off a contact; one that is not there does nothing."""
    contact = lock_contact(ctx, contact_id)
    refuse_tags(ctx, [tag])
    left = [name for name in contact.tags if name.lower() != tag.lower()]
    if left != contact.tags:
        ContactTag.objects.filter(contact=contact, tag__name__iexact=tag).delete()
        writes.write(ctx, contact, WORD, {"tags": left})
    return get_contact(ctx, contact_id=contact_id)


def add_tags(ctx: Context, contact: Contact, names: Iterable[str]) -> None:
    """Put tags on a locked or new contact that does not carry them yet."""
    carried = {name.lower() for name in contact.tags}
    tags = [tag_named(name) for name in dict.fromkeys(names) if name.lower() not in carried]
    added = list({tag.pk: tag for tag in tags}.values())
    if not added:
        return
    if len(contact.tags) + len(added) > MOST:
        raise Conflict(Phrase("A contact carries at most %(most)s tags.", most=MOST))
    ContactTag.objects.bulk_create([ContactTag(contact=contact, tag=tag) for tag in added])
    written = sorted([*contact.tags, *(tag.name for tag in added)], key=str.lower)
    writes.write(ctx, contact, WORD, {"tags": written})


def refuse_tags(ctx: Context, names: Iterable[str] | None) -> None:
    """InvalidInput if tags are given and the actor's role may not write them."""
    if names:
        refuse_readonly(ctx, WORD, {"tags"})
