"""Defining custom fields."""

from typing import Annotated, Any, cast

from django.db.models import CharField, Max, Value
from django.db.models.functions import Cast, Concat
from django.utils.text import slugify
from pydantic import Field

from accounts.permissions import Permission
from accounts.roles.models import FieldPermission
from crm.fields.definitions import as_row, definitions_of
from crm.fields.holders import is_used, remove_option, remove_values
from crm.fields.models import CustomField, CustomFieldOption
from crm.fields.schemas import (
    CurrencyCode,
    DeletedField,
    FieldChanges,
    FieldKey,
    FieldObject,
    FieldRow,
    FieldType,
    GivenOption,
)
from crm.records.custom import PREFIX
from realtime.functions import Conflict, Context, Id, Name, NotFound, Phrase, invalid, mutation

WORD = "custom_field"
CONFLICTS = {
    "custom_field_key_unique": ("key", "Another field of this kind of record has this key."),
    "custom_field_label_unique": ("label", "Another field of this kind of record has this name."),
    "custom_field_option_key_unique": ("options", "Two options have the same key."),
    "custom_field_option_label_unique": ("options", "Two options have the same name."),
}
CHOOSING = ("choice", "choices")
#: Fields of one kind of record; each costs every form and every table's chooser a line.
MOST_FIELDS = 100


@mutation(permission=Permission.FIELD_MANAGE, conflicts=CONFLICTS)
def create_custom_field(
    ctx: Context,
    *,
    object: FieldObject,
    label: Name,
    type: FieldType,
    key: FieldKey | None = None,
    currency: CurrencyCode = "",
    required: bool = False,
    options: Annotated[list[GivenOption], Field(max_length=200)] | None = None,
) -> FieldRow:
    """Add a field to contacts, companies, deals or tasks, after the others.

    ``options`` are what fields of type choice and choices offer. A required field is demanded of new records, and
    can't be emptied again; records that exist already stay as they are.
    """
    fields = CustomField.objects.filter(object=object)
    places = fields.aggregate(last=Max("position"))["last"]
    if len(definitions_of(object, retired=True)) >= MOST_FIELDS:
        raise Conflict(
            Phrase("There can be at most %(most)s fields: delete one that nobody needs.", most=MOST_FIELDS)
        )
    _refuse_odd_options(type, options)
    given: dict[str, Any] = {
        "key": key or _key_of(label), "label": label, "type": type, "currency": currency, "required": required,
    }  # fmt: skip
    position = 0 if places is None else places + 1
    made = CustomField.objects.create(object=object, position=position, **given)
    _write_options(ctx, made, options or [])
    ctx.audit(WORD, made.pk, {name: [None, value] for name, value in {"object": object, **given}.items()})
    return _row(made)


@mutation(permission=Permission.FIELD_MANAGE, conflicts=CONFLICTS)
def update_custom_field(ctx: Context, *, custom_field_id: Id, changes: FieldChanges) -> FieldRow:
    """Change a field: its name, whether it is required or retired, its options.

    Its type can change only while no record has a value: Conflict. A retired field leaves forms, tables and
    filters, its values stay and return with it. An option that is left out is taken from the records that had it.
    """
    field, sent = _field(custom_field_id), changes.sent()
    options = sent.pop("options", None)
    if sent.get("type", field.type) != field.type and is_used(field.object, field.key):
        raise Conflict(
            "Records have values of this field: its type can't change any more. Add another field."
        )
    if "is_retired" in sent:
        is_retired = sent.pop("is_retired")
        sent["retired_at"] = (field.retired_at or ctx.now) if is_retired else None
    _write(ctx, field, sent)
    if "type" in sent and options is None:
        options = _known_options(field) if field.type in CHOOSING else []
    if options is not None:
        _refuse_odd_options(field.type, options)
        _write_options(ctx, field, options)
    return _row(field)


@mutation(permission=Permission.FIELD_MANAGE)
def order_custom_fields(ctx: Context, *, object: FieldObject, field_ids: list[Id]) -> list[FieldRow]:
    """Put the fields of one kind of record into the given order, which names each of those in use once."""
    found = {row.pk: row for row in CustomField.objects.select_for_update().filter(object=object)}
    if sorted(field_ids) != sorted(pk for pk, row in found.items() if row.retired_at is None):
        raise invalid("field_ids", "Name each field once.", "not_all")
    for position, pk in enumerate(field_ids):
        found[pk].position = position
    CustomField.objects.bulk_update(found.values(), ["position"])
    ctx.audit(WORD, None, {f"{object}.order": [None, field_ids]})
    return cast("list[FieldRow]", [as_row(row, object) for row in definitions_of(object).values()])


@mutation(permission=Permission.FIELD_MANAGE)
def delete_custom_field(ctx: Context, *, custom_field_id: Id) -> DeletedField:
    """Delete a field for good, and its values with it: retire it to keep them. Returns how many records had one."""
    field = _field(custom_field_id)
    records = remove_values(field.object, field.key)
    FieldPermission.objects.filter(object=field.object, field=f"{PREFIX}{field.key}").delete()
    ctx.audit(WORD, field.pk, {"label": [field.label, None], "records": [records, 0]})
    field.delete()
    return {"id": custom_field_id, "records": records}


def _field(custom_field_id: int) -> CustomField:
    """The field, locked, so that its options change one after the other."""
    found = CustomField.objects.select_for_update().filter(pk=custom_field_id).first()
    if found is None:
        raise NotFound("There is no custom field with this id.")
    return found


def _row(field: CustomField) -> FieldRow:
    definition = definitions_of(field.object, retired=True)[field.key]
    return cast("FieldRow", as_row(definition, field.object))


def _key_of(label: str) -> str:
    """A key made of a label: "Move-in date" is "move_in_date"."""
    key = slugify(label).replace("-", "_").strip("_")[:40].rstrip("_")
    return key if key[:1].isalpha() else f"field_{key}".rstrip("_")[:40]


def _refuse_odd_options(kind: str, options: list[GivenOption] | None) -> None:
    if kind in CHOOSING and not options:
        raise invalid("options", "Give at least one option to choose.", "required")
    if kind not in CHOOSING and options:
        raise invalid("options", "Only fields of type choice and choices have options.", "not_allowed")


def _known_options(field: CustomField) -> list[GivenOption]:
    return [GivenOption(key=row.key, label=row.label) for row in field.options.all()]


def _write(ctx: Context, field: CustomField, sent: dict[str, Any]) -> None:
    changes = {name: new for name, new in sent.items() if getattr(field, name) != new}
    if changes:
        before = {name: getattr(field, name) for name in changes}
        ctx.audit(
            WORD, field.pk, {name: [_plain(before[name]), _plain(new)] for name, new in changes.items()}
        )
        for name, new in changes.items():
            setattr(field, name, new)
        field.save(update_fields=list(changes))


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _write_options(ctx: Context, field: CustomField, given: list[GivenOption]) -> None:
    """Make the options equal to the given ones, in their order; what is not among them leaves the records too."""
    known = {row.key: row for row in field.options.all()}
    wanted = {option.key or _key_of(option.label): option.label for option in given}
    if len(wanted) != len(given):
        raise invalid("options", "Two options have the same key.", "conflict")
    for key in known.keys() - wanted.keys():
        count = remove_option(field.object, field.key, key, several=field.type == "choices")
        ctx.audit(WORD, field.pk, {f"option.{key}": [known[key].label, None], "records": [count, 0]})
        known.pop(key).delete()
    # By way of names that nobody can give, so that two options can exchange theirs.
    renamed = [key for key, row in known.items() if row.label != wanted[key]]
    field.options.filter(key__in=renamed).update(label=Concat(Value("\n"), Cast("id", CharField())))
    for position, (key, label) in enumerate(wanted.items()):
        CustomFieldOption.objects.update_or_create(
            field=field, key=key, defaults={"label": label, "position": position}
        )
