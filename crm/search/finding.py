"""One statement that finds and reads: the functions in migrations/finding.sql, joined to the records' own tables."""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from accounts.roles.policy import RecordRule
from crm.search.reads import note_reads
from crm.search.sources import KINDS, NOWHERE, Kind, Reach, reach_of, reach_of_about, reach_of_notes
from realtime.functions import Context
from realtime.reads.tracker import declare_reads
from realtime.schema import fetch_kept

#: Fewer letters are in everybody's background.
LEAST = 3
RECORDS = """
    SELECT found.kind, found.object_id AS id, found.score,
           coalesce(contact.full_name, company.name, deal.title, task.title) AS title,
           contact.email, coalesce(contact.phone, company.phone), contact.company_name,
           company.domain, company.city, deal.amount, deal.currency, deal.status, stage.name,
           task.due_at AS due_at, task.done_at, NULL::text AS body, NULL::text AS subject, NULL::bigint
      FROM search_find(%s::text, %s::smallint[], %s::text[], %s::bigint, %s::bigint[], %s::integer) AS found
      LEFT JOIN contacts_contact AS contact ON found.kind = 1 AND contact.id = found.object_id
      LEFT JOIN companies_company AS company ON found.kind = 2 AND company.id = found.object_id
      LEFT JOIN deals_deal AS deal ON found.kind = 3 AND deal.id = found.object_id
      LEFT JOIN deals_stage AS stage ON stage.id = deal.stage_id
      LEFT JOIN tasks_task AS task ON found.kind = 4 AND task.id = found.object_id
"""
NOTES = """
    SELECT 5, found.object_id, found.score, coalesce(contact.full_name, deal.title, company.name),
           NULL, NULL, NULL, NULL, NULL, NULL::numeric, NULL, NULL, NULL, activity.occurred_at, NULL::timestamptz,
           activity.body, activity.subject,
           CASE activity.subject WHEN 'contact' THEN activity.contact_id WHEN 'deal' THEN activity.deal_id
                                 ELSE activity.company_id END
      FROM search_notes(
          %s::text, %s::smallint[], %s::text[], %s::text, %s::bigint, %s::bigint[], %s::integer) AS found
      JOIN activities_activity AS activity ON activity.id = found.object_id
      LEFT JOIN contacts_contact AS contact ON activity.subject = 'contact' AND contact.id = activity.contact_id
      LEFT JOIN deals_deal AS deal ON activity.subject = 'deal' AND deal.id = activity.deal_id
      LEFT JOIN companies_company AS company ON activity.subject = 'company' AND company.id = activity.company_id
"""
ABOUT = """
    SELECT 1, contact.id, found.score, contact.full_name, contact.email, contact.phone, contact.company_name,
           NULL, NULL, NULL::numeric, NULL, NULL, NULL, NULL::timestamptz, NULL::timestamptz, NULL, NULL, NULL::bigint
      FROM search_known(%s::text, %s::smallint[], %s::text, %s::bigint, %s::bigint[], %s::integer) AS found
      JOIN contacts_contact AS contact ON contact.id = found.object_id
"""
IDS = "SELECT object_id FROM search_find(%s::text, %s::smallint[], %s::text[], %s::bigint, %s::bigint[], %s::integer)"


class Found(NamedTuple):
    """A record that was found, with whatever is shown of it: the role has not been asked yet."""

    kind: Kind
    id: int
    score: int
    title: str
    email: str | None
    phone: str | None
    company_name: str | None
    domain: str | None
    city: str | None
    amount: Decimal | None
    currency: str | None
    status: str | None
    stage_name: str | None
    at: datetime | None
    done_at: datetime | None
    body: str | None
    subject: str | None
    subject_id: int | None


def find(ctx: Context, asked: str, kinds: tuple[Kind, ...], most: int) -> list[Found]:
    """The best ``most`` records of each kind, by kind, the best first."""
    reach = reach_of(ctx, tuple(kind for kind in kinds if kind != "note"))
    notes, activities = reach_of_notes(ctx) if "note" in kinds else (NOWHERE, None)
    note_reads(reach, notes, activities)
    # The fifteenth column says when a task was done: open ones come first.
    parts, values = [], []
    if asked.strip() and reach.sources:
        parts.append(RECORDS)
        values += [asked, [*reach.sources], [*reach.reaches], reach.me, reach.my_teams, most]
    if asked.strip() and notes.sources and activities:
        parts.append(NOTES)
        values += _of_notes(asked, notes, activities, most)
    if not parts:
        return []
    rows = _rows(" UNION ALL ".join(parts) + " ORDER BY 1, 3, 15 DESC, 2 DESC", values)
    found = [Found(KINDS[row[0] - 1], *row[1:]) for row in rows]
    return _with_known(ctx, asked, found, most) if "contact" in kinds else found


def _with_known(ctx: Context, asked: str, found: list[Found], most: int) -> list[Found]:
    """And contacts of whom something else that is known has the words, while there is room for them."""
    there = {row.id for row in found if row.kind == "contact"}
    reach = reach_of_about(ctx)
    if len(there) >= most or len(asked.strip()) < LEAST or not reach.sources:
        return found
    note_reads(reach)
    access, me, teams = reach.reaches[0], reach.me, reach.my_teams
    rows = _rows(ABOUT, [asked, [*reach.sources], access, me, teams, most])
    more = [Found("contact", *row[1:]) for row in rows if row[1] not in there]
    return found + more[: most - len(there)]


def find_ids(ctx: Context, asked: str, kind: Kind, most: int) -> list[int]:
    """The ids of the best ``most`` records of one kind."""
    reach = reach_of(ctx, (kind,))
    note_reads(reach)
    if not reach.sources:
        return []
    values = [asked, [*reach.sources], [*reach.reaches], reach.me, reach.my_teams, most]
    return [row[0] for row in _rows(IDS, values)]


def _of_notes(asked: str, notes: Reach, activities: RecordRule, most: int) -> list[Any]:
    both = Reach(notes.sources, notes.reaches, (*notes.rules, activities))
    return [asked, [*notes.sources], [*notes.reaches], str(activities.access), both.me, both.my_teams, most]


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with declare_reads(tables=()):
        return fetch_kept(sql, values)
