"""Live regions of timelines."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.activities.access import may_change
from crm.activities.queries import list_timeline
from crm.activities.schemas import ActivityKind
from crm.companies.queries import get_company
from crm.contacts.queries import get_contact
from crm.deals.queries import get_deal
from crm.files.queries import list_activity_files
from crm.mail.queries import list_activity_mail
from crm.web.forms.activities import DIRECTIONS, OUTCOMES
from crm.web.fragments.mail import badge_of
from crm.web.pages import ask, trail_pages
from realtime.functions import Context, Cursor, Id
from realtime.live.fragments import fragment

RECORDS: dict[str, Any] = {"contact_id": get_contact, "deal_id": get_deal, "company_id": get_company}
PAGE = 30
#: Kept in sight on top of the first page, at most.
PINNED = 10


@fragment("activities/composer", template="activities/_composer.html")
def composer(
    ctx: Context, *, contact_id: Id | None = None, deal_id: Id | None = None, company_id: Id | None = None
) -> dict[str, Any]:
    """Where one writes on a record's timeline."""
    name, pk = _subject(contact_id=contact_id, deal_id=deal_id, company_id=company_id)
    scope = scope_of(ctx)
    unwritable = scope.hidden_fields("activity") | scope.readonly_fields("activity")
    is_allowed = scope.allows(Permission.ACTIVITY_CREATE) and scope.allows(Permission.ACTIVITY_VIEW)
    row = ask(ctx, RECORDS[name], **{name: pk}) if is_allowed and "body" not in unwritable else None
    return {
        "is_open": row is not None and row["archived_at"] is None,
        "field": name,
        "pk": pk,
        "directions": [] if "direction" in unwritable else DIRECTIONS,
        "outcomes": OUTCOMES,
    }


@fragment("activities/timeline", template="activities/_timeline.html")
def timeline(
    ctx: Context,
    *,
    contact_id: Id | None = None,
    deal_id: Id | None = None,
    company_id: Id | None = None,
    kind: ActivityKind | None = None,
    cursor: Cursor | None = None,
    trail: str = "",
) -> dict[str, Any]:
    """What happened with a record, newest first."""
    if not scope_of(ctx).allows(Permission.ACTIVITY_VIEW):
        return {"is_allowed": False}
    name, pk = _subject(contact_id=contact_id, deal_id=deal_id, company_id=company_id)
    found = ask(ctx, list_timeline, **{name: pk}, kind=kind, cursor=cursor, limit=PAGE)
    shown = found["data"]
    if not (cursor or kind):
        pinned = ask(ctx, list_timeline, **{name: pk}, pinned=True, limit=PINNED)["data"]
        ids = {row["id"] for row in pinned}
        shown = pinned + [row for row in shown if row["id"] not in ids]
    written = [row["id"] for row in shown if row["kind"] != "system"]
    files: dict[int, list[Any]] = {}
    for each in ask(ctx, list_activity_files, activity_ids=written) if written else []:
        files.setdefault(each["activity_id"], []).append(each)
    mails = _mails(ctx, shown)
    pages = trail_pages({"kind": kind, "cursor": cursor}, found["next_cursor"], trail)
    return {
        "is_allowed": True,
        "rows": [
            {**_entry(ctx, row, name), "files": files.get(row["id"]), "mail": mails.get(row["id"])}
            for row in shown
        ],
        "kinds": kinds(),
        "kind": kind,
        "pages": {**pages, "newer_label": _("Newer"), "older_label": _("Older")},
    }


def _mails(ctx: Context, rows: list[Any]) -> dict[int, Any]:
    """How the mails behind the entries fare, by activity."""
    ids = [row["id"] for row in rows if row["kind"] == "email" and row["source"] == "mail"]
    found = ask(ctx, list_activity_mail, activity_ids=ids) if ids else []
    return {row["activity_id"]: {**row, "badge": badge_of(row)} for row in found}


def _written_by_contact(row: Any) -> dict[str, str]:
    """A mail that came is told of the contact, whose doing it was."""
    if row["source"] != "mail" or row.get("direction") != "in":
        return {}
    return {"actor_name": row.get("contact_name") or _("No name"), "said": _("wrote an email")}


def kinds() -> list[tuple[str, str, str]]:
    """What a timeline can be narrowed to: kind, label, icon."""
    return [
        ("note", _("Notes"), "file-text"),
        ("call", _("Calls"), "phone"),
        ("text", _("Texts"), "send"),
        ("email", _("Emails"), "mail"),
        ("meeting", _("Meetings"), "users"),
        ("system", _("Changes"), "history"),
    ]


ICONS = {kind: icon for kind, _label, icon in kinds()}


def _subject(**named: int | None) -> tuple[str, int]:
    """The argument that names the record."""
    return next((name, pk) for name, pk in named.items() if pk is not None)


def _entry(ctx: Context, row: Any, place: str) -> dict[str, Any]:
    """A row as the timeline shows it on one record's page."""
    about = {"actor_id": row["actor_id"], "team_id": row["team_id"]}
    is_written = row["kind"] != "system" and "body" in row
    return {
        **row,
        "icon": ICONS[row["kind"]],
        "said": said(row),
        **_written_by_contact(row),
        "outcome_label": dict(OUTCOMES).get(row["outcome"]) if row["outcome"] else "",
        "length": _length(row["seconds"]),
        "minutes": None if row["seconds"] is None else round(row["seconds"] / 60),
        "outcomes": OUTCOMES if row["kind"] == "call" else [],
        "on_deal": place != "deal_id" and row["deal_id"] is not None and row["deal_title"],
        "may_edit": is_written and may_change(ctx, Permission.ACTIVITY_EDIT, **about),
        "may_delete": row["kind"] != "system" and may_change(ctx, Permission.ACTIVITY_DELETE, **about),
    }


def said(row: Any) -> str:
    """What the actor did, in words that follow their name."""
    if row["kind"] == "system":
        return _happened(row["subject"], row.get("payload") or {})
    came_in = row.get("direction") == "in"
    words = {
        "note": _("wrote a note"),
        "call": _("got a call") if came_in else _("called"),
        "text": _("got a text") if came_in else _("sent a text"),
        "email": _("got an email") if came_in else _("sent an email"),
        "meeting": _("had a meeting"),
    }
    return words[row["kind"]]


def _happened(subject: str, payload: dict[str, Any]) -> str:
    """What the product noted about a contact, a deal or a company."""
    names = {"before": payload.get("from"), "after": payload.get("to")}
    event = payload.get("event")
    if event == "assigned" and not names["after"]:
        return _("took the owner away")
    if event == "tagged":
        return _tagged(payload)
    if event == "file_added":
        return _("added the file “%(name)s”") % {"name": payload.get("name", "")}
    if event == "form_sent":
        return _("took in the form “%(name)s”") % {"name": payload.get("name", "")}
    if event == "taken_in":
        return _taken_in(payload)
    if event == "stage_changed" and None in names.values():
        return _("changed the stage")
    return str(CHANGES.get((event, subject), _("made a change")) % names)


#: What other programs send word of (POST /api/v1/events); their own words are shown as they are.
EVENTS: dict[Any, Any] = {
    "inquiry": gettext_lazy("an inquiry"),
    "registration": gettext_lazy("a registration"),
    "viewing": gettext_lazy("a request for a viewing"),
    "callback": gettext_lazy("a request to be called back"),
    "open_house": gettext_lazy("a visit to an open house"),
    "valuation": gettext_lazy("a request for a valuation"),
}


def _taken_in(payload: dict[str, Any]) -> str:
    """What came in, and from where."""
    kind = payload.get("type")
    values = {"what": EVENTS.get(kind, f"“{kind}”"), "source": payload.get("from")}
    words = _("took in %(what)s from %(source)s") if values["source"] else _("took in %(what)s")
    asked = payload.get("property", {})
    place = [asked[name] for name in ("street", "city", "region", "reference") if asked.get(name)]
    return " · ".join([words % values, ", ".join(place)] if place else [words % values])


def _tagged(payload: dict[str, Any]) -> str:
    """Which tags came and went."""
    came, went = ", ".join(payload.get("to") or ()), ", ".join(payload.get("from") or ())
    if came and went:
        return _("added the tags %(came)s and removed %(went)s") % {"came": came, "went": went}
    return (
        _("added the tags %(came)s") % {"came": came}
        if came
        else _("removed the tags %(went)s") % {"went": went}
    )


#: Whole sentences, as no language puts the words together as English does.
CHANGES: dict[tuple[Any, str], Any] = {
    ("created", "contact"): gettext_lazy("created the contact"),
    ("created", "deal"): gettext_lazy("created the deal"),
    ("created", "company"): gettext_lazy("created the company"),
    ("assigned", "contact"): gettext_lazy("assigned the contact to %(after)s"),
    ("assigned", "deal"): gettext_lazy("assigned the deal to %(after)s"),
    ("assigned", "company"): gettext_lazy("assigned the company to %(after)s"),
    ("stage_changed", "contact"): gettext_lazy("moved the contact from %(before)s to %(after)s"),
    ("stage_changed", "deal"): gettext_lazy("moved the deal from %(before)s to %(after)s"),
}


def _length(seconds: int | None) -> str:
    """A call's length: "3:05", or "1:00:00"."""
    if seconds is None:
        return ""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
