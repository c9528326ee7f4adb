"""Email templates: who sees which, and changing them."""

from typing import Any, cast

from django.db.models import F, ProtectedError, Q, QuerySet

from accounts.permissions import Permission
from accounts.roles.policy import acting_member_id, member_id_of, scope_of
from crm.mail.merging import check_places, field_names, merge, values_for
from crm.mail.models import MailTemplate
from crm.mail.schemas import (
    Body,
    FullBody,
    FullSubject,
    MergeField,
    Preview,
    Subject,
    TemplateChanges,
    TemplateDeleted,
    TemplateName,
    TemplateRow,
)
from crm.mail.sending import contact_in_sight, sender_of
from realtime.functions import (
    Conflict,
    Context,
    Forbidden,
    Id,
    NotFound,
    Phrase,
    Search,
    invalid,
    mutation,
    query,
)

SEND, MANAGE = Permission.MAIL_SEND, Permission.MAIL_TEMPLATE_MANAGE
NAMES = {
    "mail_template_shared_name": (
        "name",
        "There is already a shared template with this name: choose another one.",
    ),
    "mail_template_own_name": ("name", "You have a template with this name already: choose another one."),
}
COLUMNS = ("id", "name", "subject", "body", "shared", "owner_id", "created_at", "updated_at")
MOST = 500


@query(permission=SEND)
def list_templates(ctx: Context, *, search: Search = "") -> list[TemplateRow]:
    """List the shared email templates and your own by name, at most 500; ``search`` finds parts of the name."""
    found = _visible(ctx)
    if search:
        found = found.filter(name__icontains=search)
    return _rows(found.order_by("name", "id")[:MOST])


@query(permission=SEND)
def get_template(ctx: Context, *, template_id: Id) -> TemplateRow:
    """Read one email template."""
    return _row(ctx, template_id)


@query(permission=SEND)
def list_merge_fields(ctx: Context) -> list[MergeField]:
    """List what a template may hold as ``{{name}}`` or, with what stands in for an empty value, ``{{name|there}}``."""
    return [{"name": name} for name in field_names()]


@query(permission=SEND)
def preview_mail(
    ctx: Context, *, contact_id: Id, subject: Subject = "", body: Body = "", template_id: Id | None = None
) -> Preview:
    """Fill in a mail for a contact without sending it; ``missing`` are fields with neither value nor fallback."""
    contact = contact_in_sight(ctx, contact_id)
    if template_id is not None:
        row = _row(ctx, template_id)
        subject, body = subject or row["subject"], body or row["body"]
    check_places("subject", subject)
    check_places("body", body)
    values = values_for(ctx, contact, sender_of(ctx, None, contact))
    title, text = merge(subject, values), merge(body, values)
    missing = dict.fromkeys([*title.missing, *text.missing])
    return {"subject": " ".join(title.text.split()), "body": text.text, "missing": list(missing)}


@mutation(permission=SEND, conflicts=NAMES)
def create_template(
    ctx: Context, *, name: TemplateName, subject: FullSubject, body: FullBody, shared: bool = False
) -> TemplateRow:
    """Make an email template, your own or, with the permission for that, one that everybody shares."""
    _check(ctx, subject, body, shared)
    if MailTemplate.objects.count() >= MOST:
        raise Conflict(Phrase("There are %(most)s templates already: delete some first.", most=MOST))
    template = MailTemplate.objects.create(
        name=name, subject=subject, body=body, shared=shared, owner_id=acting_member_id(ctx)
    )
    ctx.audit("mail_template", template.pk, {"name": [None, name], "shared": [None, shared]})
    return _row(ctx, template.pk)


@mutation(permission=SEND, conflicts=NAMES)
def update_template(ctx: Context, *, template_id: Id, changes: TemplateChanges) -> TemplateRow:
    """Change an email template; what is under way in sequences uses the new text from now on."""
    template = _lock(ctx, template_id)
    sent = {name: new for name, new in changes.sent().items() if getattr(template, name) != new}
    if sent:
        now = {"subject": template.subject, "body": template.body, "shared": template.shared, **sent}
        _check(ctx, now["subject"], now["body"], now["shared"] or template.shared)
        ctx.audit(
            "mail_template", template.pk, {name: [getattr(template, name), new] for name, new in sent.items()}
        )
        for name, new in sent.items():
            setattr(template, name, new)
        template.save(update_fields=[*sent, "updated_at"])
    return _row(ctx, template_id)


@mutation(permission=SEND)
def delete_template(ctx: Context, *, template_id: Id) -> TemplateDeleted:
    """Delete an email template for good; mails that were written with it stay. Conflict while a sequence uses it."""
    template = _lock(ctx, template_id)
    ctx.audit("mail_template", template.pk, {"name": [template.name, None]})
    try:
        template.delete()
    except ProtectedError:
        raise Conflict("A sequence uses this template: change its step first.") from None
    return {"id": template_id}


def _visible(ctx: Context) -> QuerySet[MailTemplate, Any]:
    """The shared templates, and the actor's own."""
    if ctx.actor.kind == "system":
        return MailTemplate.objects.all()
    return MailTemplate.objects.filter(Q(shared=True) | Q(owner_id=member_id_of(ctx)))


def _rows(found: QuerySet[MailTemplate, Any]) -> list[TemplateRow]:
    return cast("list[TemplateRow]", list(found.values(*COLUMNS, owner_name=F("owner__name"))))


def _row(ctx: Context, template_id: int) -> TemplateRow:
    rows = _rows(_visible(ctx).filter(pk=template_id))
    if not rows:
        raise NotFound("There is no email template with this id.")
    return rows[0]


def _lock(ctx: Context, template_id: int) -> MailTemplate:
    """The template, if the actor may change it: their own, or with the permission a shared one."""
    template: MailTemplate | None = (
        _visible(ctx).select_for_update(of=("self",)).filter(pk=template_id).first()
    )
    if template is None:
        raise NotFound("There is no email template with this id.")
    if template.shared:
        _require_manage(ctx)
    return template


def _check(ctx: Context, subject: str, body: str, shared: bool) -> None:
    check_places("subject", subject)
    check_places("body", body)
    if not body.strip():
        raise invalid("body", "Write something.", "required")
    if shared:
        _require_manage(ctx)


def _require_manage(ctx: Context) -> None:
    if not scope_of(ctx).allows(MANAGE):
        raise Forbidden("Your role may not change the templates that everybody shares.")
