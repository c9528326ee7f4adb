"""Which rows a search depends on, as the engine wants it: the records themselves, as keys are not in the log."""

from collections.abc import Iterator

from accounts.permissions import Access
from accounts.roles.policy import RecordRule
from crm.search.sources import NOWHERE, Reach
from realtime.reads.readset import Conjunction, TableRead
from realtime.reads.tracker import active_tracker, current_schema

#: Source -> table and columns that its keys and its results are made of.
COLUMNS = {
    10: ("contacts_contact", ("full_name",)),
    13: ("contacts_contact", ("email",)),
    14: ("contacts_contact", ("company_name",)),
    15: ("contacts_contact", ("phone", "phone_e164")),
    60: ("contacts_contact", ("background",)),
    61: ("contacts_contact", ("tags",)),
    62: ("contacts_contact", ("custom",)),
    20: ("companies_company", ("name", "city")),
    22: ("companies_company", ("domain",)),
    25: ("companies_company", ("phone",)),
    30: ("deals_deal", ("title", "amount", "currency", "status", "stage_id")),
    40: ("tasks_task", ("title", "due_at", "done_at")),
}
#: Rows that stand beside a record: table, columns, and the terms that they meet.
BESIDE: dict[int, tuple[str, tuple[str, ...], Conjunction]] = {
    17: ("contacts_emailaddress", ("contact_id", "address", "is_primary"), (("is_primary", (False,)),)),
    18: ("contacts_phonenumber", ("contact_id", "raw", "e164", "is_primary"), (("is_primary", (False,)),)),
}
LIVE = ("archived_at",)
PLACE = ("owner_id", "team_id", *LIVE)
SUBJECTS = {
    51: ("contacts_contact", "full_name"),
    52: ("deals_deal", "title"),
    53: ("companies_company", "name"),
}
NOTE = ("body", "subject", "occurred_at", *PLACE)


def note_reads(records: Reach, notes: Reach = NOWHERE, activities: RecordRule | None = None) -> None:
    """Tell the active tracker, if there is one, what a search of this reach depends on."""
    tracker = active_tracker()
    if tracker is not None:
        tracker.add(_of_records(records))
        if activities is not None:
            tracker.add(_of_notes(notes, activities))


def _of_records(reach: Reach) -> Iterator[TableRead]:
    schema = current_schema()
    columns: dict[str, set[str]] = {}
    rules: dict[str, RecordRule] = {}
    for source, rule in zip(reach.sources, reach.rules, strict=True):
        if source in COLUMNS:
            table, names = COLUMNS[source]
            # Whoever sees all records finds them by no owner and no team.
            place = LIVE if rule.access is Access.ALL else PLACE
            columns.setdefault(table, set()).update(names, place)
            rules[table] = rule
        elif source in BESIDE:
            beside, names, terms = BESIDE[source]
            yield TableRead(schema, beside, (terms,), frozenset(names))
    for table, found in columns.items():
        yield TableRead(schema, table, _terms(rules[table]), frozenset(found))
        if table == "deals_deal":
            yield TableRead(schema, "deals_stage", None, frozenset({"id", "name"}), updates_only=True)


def _of_notes(reach: Reach, activities: RecordRule) -> Iterator[TableRead]:
    schema = current_schema()
    for source, rule in zip(reach.sources, reach.rules, strict=True):
        table, name = SUBJECTS[source]
        narrow = rule if activities.access is Access.ALL else activities
        # An activity has the owner and the team of its record, which may be in the bin.
        yield TableRead(schema, table, _places(narrow), frozenset({name, "archived_at"}), updates_only=True)
        yield TableRead(schema, "activities_activity", _terms(narrow), frozenset(NOTE))


def _terms(rule: RecordRule) -> tuple[Conjunction, ...]:
    """What a row in sight meets: it is not in the bin, and its owner or its team is the actor's."""
    live = ("archived_at", (None,))
    return tuple((live, *terms) for terms in _places(rule) or ((),))


def _places(rule: RecordRule) -> tuple[Conjunction, ...] | None:
    """The same, in the bin or not; None for all rows."""
    if rule.access is Access.OWN:
        return ((("owner_id", (rule.owner_id,)),),)
    if rule.access is Access.TEAM:
        return ((("team_id", tuple(rule.team_ids)),),)
    return None
