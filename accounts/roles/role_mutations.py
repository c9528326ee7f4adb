"""Changing roles: an edit is an ordinary row change, and every open page that depends on it follows."""

from accounts.permissions import Access, FieldLevel, Permission, reaches_records
from accounts.roles.builtin import BUILTIN_ROLES
from accounts.roles.fields import is_editable
from accounts.roles.guards import exceeds, refuse_escalation
from accounts.roles.models import FieldPermission, Member, Role, RolePermission
from accounts.roles.queries import get_role
from accounts.roles.schemas import (
    AccessWord,
    Deleted,
    Description,
    FieldLevelWord,
    ObjectWord,
    RoleChanges,
    RoleRow,
)
from realtime.functions import Conflict, Context, Forbidden, Id, Name, NotFound, Word, invalid, mutation

CONFLICTS = {"role_name_unique": ("name", "Another role already has this name.")}


@mutation(permission=Permission.ROLE_MANAGE, conflicts=CONFLICTS)
def create_role(
    ctx: Context, *, name: Name, description: Description = "", copy_role_id: Id | None = None
) -> RoleRow:
    """Create a role, empty or as a copy of another one's permissions and field rules."""
    source = _lock(copy_role_id) if copy_role_id is not None else None
    if source is not None:
        refuse_escalation(ctx, source.pk)
    role = Role.objects.create(name=name, description=description)
    if source is not None:
        _copy(source, role)
    ctx.audit("role", role.pk, {"name": [None, name], "copy_role_id": [None, copy_role_id]})
    return get_role(ctx, role_id=role.pk)


@mutation(permission=Permission.ROLE_MANAGE, conflicts=CONFLICTS)
def update_role(ctx: Context, *, role_id: Id, changes: RoleChanges) -> RoleRow:
    """Change a role's name or description."""
    role = _lock(role_id)
    sent = changes.sent()
    ctx.audit("role", role.pk, {name: [getattr(role, name), new] for name, new in sent.items()})
    for name, new in sent.items():
        setattr(role, name, new)
    role.save()
    return get_role(ctx, role_id=role.pk)


@mutation(permission=Permission.ROLE_MANAGE)
def set_role_permission(ctx: Context, *, role_id: Id, permission: Word, access: AccessWord) -> RoleRow:
    """Set how far a role reaches with one permission word. The Owner role can't be changed."""
    role = _editable(role_id)
    if permission not in set(Permission) - {Permission.SYSTEM}:
        raise invalid("permission", "There is no permission of this name.", "unknown_permission")
    if access in (Access.OWN, Access.TEAM) and not reaches_records(permission):
        raise invalid("access", "This permission is not about records: use all or none.", "unknown_access")
    if exceeds(ctx, permission, access):
        raise Forbidden("You can't grant more than you have.")
    rows = RolePermission.objects.filter(role=role, permission=permission)
    before = rows.values_list("access", flat=True).first() or Access.NONE
    if access == "none":
        rows.delete()
    else:
        RolePermission.objects.update_or_create(role=role, permission=permission, defaults={"access": access})
    ctx.audit("role", role.pk, {permission: [before, access]})
    return get_role(ctx, role_id=role.pk)


@mutation(permission=Permission.ROLE_MANAGE)
def set_field_permission(
    ctx: Context, *, role_id: Id, object: ObjectWord, field: Word, level: FieldLevelWord
) -> RoleRow:
    """Hide a field from a role, let it only read the field, or let it write again."""
    role = _editable(role_id)
    if not is_editable(object, field):
        raise invalid("field", "This object has no such field, or it can't be hidden.", "unknown_field")
    rows = FieldPermission.objects.filter(role=role, object=object, field=field)
    before = rows.values_list("level", flat=True).first() or FieldLevel.WRITE
    if level == "write":
        rows.delete()
    else:
        FieldPermission.objects.update_or_create(
            role=role, object=object, field=field, defaults={"level": level}
        )
    ctx.audit("role", role.pk, {f"{object}.{field}": [before, level]})
    return get_role(ctx, role_id=role.pk)


@mutation(permission=Permission.ROLE_MANAGE)
def reset_role(ctx: Context, *, role_id: Id) -> RoleRow:
    """Give a built-in role the permissions that it started with; its field rules go."""
    role = _editable(role_id)
    builtin = next((found for found in BUILTIN_ROLES if found.key == role.key), None)
    if builtin is None:
        raise Conflict("Only built-in roles can be reset.")
    _clear(role)
    RolePermission.objects.bulk_create(
        RolePermission(role=role, permission=word, access=access)
        for word, access in builtin.grants.items()
        if access != Access.NONE
    )
    ctx.audit("role", role.pk, {"reset": [None, True]})
    return get_role(ctx, role_id=role.pk)


@mutation(permission=Permission.ROLE_MANAGE)
def delete_role(ctx: Context, *, role_id: Id) -> Deleted:
    """Delete a role of the firm's own that no member has; invitations with it are taken back."""
    role = _lock(role_id)
    if role.is_builtin:
        raise Conflict("Built-in roles stay.")
    if Member.objects.filter(role=role).exists():
        raise Conflict("Members still have this role: give them another one first.")
    ctx.audit("role", role.pk, {"name": [role.name, None]})
    role.delete()
    return {"id": role_id}


def _lock(role_id: int) -> Role:
    found = Role.objects.select_for_update().filter(pk=role_id).first()
    if found is None:
        raise NotFound("There is no role with this id.")
    return found


def _editable(role_id: int) -> Role:
    role = _lock(role_id)
    if role.key == "owner":
        raise Conflict("The Owner role always has everything.")
    return role


def _clear(role: Role) -> None:
    RolePermission.objects.filter(role=role).delete()
    FieldPermission.objects.filter(role=role).delete()


def _copy(source: Role, role: Role) -> None:
    RolePermission.objects.bulk_create(
        RolePermission(role=role, permission=row.permission, access=row.access)
        for row in source.permissions.all()
    )
    FieldPermission.objects.bulk_create(
        FieldPermission(role=role, object=row.object, field=row.field, level=row.level)
        for row in source.field_permissions.all()
    )
