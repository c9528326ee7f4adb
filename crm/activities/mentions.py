"""@mentions: a member's name after an @ tells that member, if they may see the activity at all."""

from collections.abc import Iterator

from accounts.actor import member_context
from accounts.roles.models import Member
from accounts.roles.policy import member_id_of
from crm.activities.access import sees
from crm.activities.models import Activity, NoteMention
from crm.notifications.sending import notify
from realtime.functions import Context

#: Members told by one activity, at most: each is asked what they may see.
MOST = 20


def find_mentioned(ctx: Context, activity: Activity) -> dict[int, str]:
    """Member id -> name of those whom the body names and who see the activity, the writer aside."""
    if "@" not in activity.body:
        return {}
    members = dict(Member.objects.filter(is_active=True).values_list("id", "name"))
    named = set(_names(activity.body, set(members.values())))
    writer = member_id_of(ctx)
    candidates = [pk for pk, name in members.items() if name in named and pk != writer][:MOST]
    return {pk: members[pk] for pk in candidates if sees(member_context(ctx.schema, pk), activity)}


def _names(body: str, names: set[str]) -> Iterator[str]:
    """The names that follow an @: the longest that fits, in any case, up to the end of a word."""
    text = body.casefold()
    folded = sorted(((name.casefold(), name) for name in names if name), reverse=True)
    at = -1
    while (at := text.find("@", at + 1)) >= 0:
        for start, name in folded:
            end = at + 1 + len(start)
            if text.startswith(start, at + 1) and not text[end : end + 1].isalnum():
                yield name
                break


def tell_mentioned(
    ctx: Context, activity: Activity, mentioned: dict[int, str], title: str, link: str
) -> None:
    """Note who is mentioned, and notify those who were not before."""
    known = set(NoteMention.objects.filter(activity=activity).values_list("member_id", flat=True))
    NoteMention.objects.filter(activity=activity).exclude(member_id__in=mentioned).delete()
    for member_id in mentioned.keys() - known:
        NoteMention.objects.create(activity=activity, member_id=member_id)
        notify(ctx, member_id, "mention", title, link)
