"""Who sees an activity, and who may change it.

It is seen with the record that it stands on: owner and team are that record's, so the record's own rule is a
condition on the activity's columns, served by its indexes. ``activity.view`` may draw the line closer. Changing
is another matter: "own" means what the member wrote, whoever owns the record that it stands on.
"""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.permissions import Access, Permission
from accounts.roles.policy import (
    RecordRule,
    can,
    member_id_of,
    record_rule,
    scope_of,
    team_ids_of,
    visible_to,
)
from crm.activities.models import Activity
from crm.records.conflicts import stale
from realtime.functions import Conflict, Context, Forbidden, NotFound

#: What an activity can stand on, and the word that shows such a record.
SUBJECTS = {
    "contact": Permission.CONTACT_VIEW,
    "deal": Permission.DEAL_VIEW,
    "company": Permission.COMPANY_VIEW,
}


def visible_activities(
    ctx: Context, found: QuerySet[Activity, Any], subjects: tuple[str, ...] = tuple(SUBJECTS)
) -> QuerySet[Activity, Any]:
    """The rows of the queryset, all about these kinds of record, that stand on records in sight."""
    rules: dict[RecordRule, list[str]] = {}
    for subject in subjects:
        rules.setdefault(record_rule(ctx, SUBJECTS[subject]), []).append(subject)
    found = visible_to(ctx, Permission.ACTIVITY_VIEW, found)
    if len(rules) == 1:  # one rule for all of them: one index range
        condition = next(iter(rules)).q()
        return found if condition is None else found.filter(condition)
    wanted = Q()
    for rule, kinds in rules.items():
        if rule.access is not Access.NONE:
            wanted |= Q(subject__in=kinds) & (rule.q() or Q())
    return found.filter(wanted)


def sees(ctx: Context, activity: Activity) -> bool:
    """Whether the actor sees an activity in hand, saved or not."""
    words = (Permission.ACTIVITY_VIEW, SUBJECTS[activity.subject])
    return all(can(ctx, word, activity) for word in words)


def may_change(ctx: Context, permission: Permission, *, actor_id: int | None, team_id: int | None) -> bool:
    """Whether the permission reaches an activity: all of them, those on a team's records, or what the member wrote."""
    access = scope_of(ctx).access(permission)
    if access in (Access.ALL, Access.NONE):
        return access is Access.ALL
    if access is Access.TEAM and team_id in team_ids_of(ctx):
        return True
    return actor_id is not None and actor_id == member_id_of(ctx)


def lock(ctx: Context, activity_id: int, to: Permission, version: int | None = None) -> Activity:
    """The activity, locked until commit. Refused as ``crm.records.writes.lock`` would, and if the product wrote it."""
    rows = Activity.objects.select_for_update(of=("self",)).filter(pk=activity_id)
    activity: Activity | None = visible_activities(ctx, rows).first()
    if activity is None:
        raise NotFound("There is no activity with this id.")
    if not may_change(ctx, to, actor_id=activity.actor_id, team_id=activity.team_id):
        raise Forbidden("You may see this activity but not do this with it.")
    if activity.kind == Activity.Kind.SYSTEM:
        raise Conflict("The product wrote this entry itself: it can't be changed.")
    if activity.archived_at is not None and to is not Permission.ACTIVITY_DELETE:
        raise Conflict("This activity is in the bin: restore it first.")
    if version is not None and activity.version != version:
        raise stale(ctx, activity, "activity", version)
    return activity
