"""What of which record can be found, and how far an actor's search reaches."""

from dataclasses import dataclass
from typing import Literal

from accounts.permissions import Access, Permission
from accounts.roles.policy import RecordRule, record_rule, scope_of
from crm.records.fields import shows
from realtime.functions import Context

Kind = Literal["contact", "company", "deal", "task", "note"]
KINDS: tuple[Kind, ...] = ("contact", "company", "deal", "task", "note")

PERMISSIONS: dict[str, Permission] = {
    "contact": Permission.CONTACT_VIEW,
    "company": Permission.COMPANY_VIEW,
    "deal": Permission.DEAL_VIEW,
    "task": Permission.TASK_VIEW,
}
#: Kind -> its numbers in ``search_key.source``, each with the field that it is made of: hidden, it finds nothing.
#: 14 has no keys: it says that the company's name may stand beside a name.
SOURCES: dict[str, dict[int, str]] = {
    "contact": {
        10: "full_name", 11: "full_name", 12: "email", 13: "email", 14: "company_id", 15: "phone",
        16: "email", 17: "email", 18: "phone",
    },
    "company": {20: "name", 21: "name", 22: "domain", 25: "phone"},
    "deal": {30: "title"},
    "task": {40: "title"},
}  # fmt: skip
#: The numbers in ``search_text.source``, by the record that the activity stands on.
NOTE_SOURCES = {51: Permission.CONTACT_VIEW, 52: Permission.DEAL_VIEW, 53: Permission.COMPANY_VIEW}

#: The numbers in ``search_about.source``, with the field of the contact that their words are of.
ABOUT = {60: "background", 61: "tags", 62: "custom"}


@dataclass(frozen=True, slots=True)
class Reach:
    """Sources that may be looked at, and for each how far: "all", "team" or "own"."""

    sources: tuple[int, ...]
    reaches: tuple[str, ...]
    rules: tuple[RecordRule, ...]

    @property
    def me(self) -> int | None:
        """The member that "own" means."""
        return next((rule.owner_id for rule in self.rules if rule.owner_id is not None), None)

    @property
    def my_teams(self) -> list[int]:
        """The teams that "team" means."""
        return next(([*rule.team_ids] for rule in self.rules if rule.team_ids), [])


NOWHERE = Reach((), (), ())


def reach_of(ctx: Context, kinds: tuple[str, ...]) -> Reach:
    """How far the actor's search for such records goes."""
    found: list[tuple[int, RecordRule]] = []
    for kind in kinds:
        rule = record_rule(ctx, PERMISSIONS[kind])
        if rule.access is not Access.NONE:
            found += [(source, rule) for source, field in SOURCES[kind].items() if shows(ctx, kind, field)]
    return _reach(found)


def reach_of_about(ctx: Context) -> Reach:
    """The same for words about contacts; whoever is kept from one custom field is kept from the words of all."""
    rule = record_rule(ctx, Permission.CONTACT_VIEW)
    if rule.access is Access.NONE:
        return NOWHERE
    hidden = scope_of(ctx).hidden_fields("contact")
    is_kept = any(name.startswith("custom.") for name in hidden)
    seen = [
        source
        for source, field in ABOUT.items()
        if field not in hidden and not (field == "custom" and is_kept)
    ]
    return _reach([(source, rule) for source in seen])


def reach_of_notes(ctx: Context) -> tuple[Reach, RecordRule]:
    """The same for activities' bodies, by the record that they stand on; and the rule for activities as such."""
    rule = record_rule(ctx, Permission.ACTIVITY_VIEW)
    if rule.access is Access.NONE or not shows(ctx, "activity", "body"):
        return NOWHERE, rule
    rules = ((source, record_rule(ctx, permission)) for source, permission in NOTE_SOURCES.items())
    return _reach([(source, each) for source, each in rules if each.access is not Access.NONE]), rule


def _reach(found: list[tuple[int, RecordRule]]) -> Reach:
    return Reach(
        tuple(source for source, _ in found),
        tuple(str(rule.access) for _, rule in found),
        tuple(rule for _, rule in found),
    )
