"""Live regions of the reports. All of them take the same filters, and read what they need of them."""

from datetime import date
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from crm.reports.effort import Contest, get_activity, get_leaderboard
from crm.reports.forecast import get_forecast
from crm.reports.funnel import get_funnel, get_velocity
from crm.reports.outcomes import get_won_lost
from crm.reports.sources import get_sources, get_summary
from crm.web import charts
from crm.web.charts import Series, columns, share
from crm.web.pages import ask
from crm.web.periods import DEFAULT, days_of, step_label
from crm.web.templatetags.ui import money_text
from realtime.functions import Context, Forbidden, Id
from realtime.live.fragments import fragment


def kind_names() -> dict[str, str]:
    """What members do, in the order of the charts."""
    return {
        "call": _("Calls"), "email": _("Emails"), "text": _("Texts"), "meeting": _("Meetings"),
        "note": _("Notes"), "task": _("Tasks done"),
    }  # fmt: skip


def contests() -> dict[str, str]:
    """What a leaderboard can be about."""
    return {
        "amount_won": _("Amount won"), "deals_won": _("Deals won"), "calls": _("Calls"),
        "activities": _("Activities"), "tasks_done": _("Tasks done"),
    }  # fmt: skip


@fragment("reports/summary", template="reports/_summary.html")
def summary(
    ctx: Context,
    *,
    period: str = DEFAULT,
    since: date | None = None,
    until: date | None = None,
    owner_id: Id | None = None,
    team_id: Id | None = None,
    pipeline_id: Id | None = None,
) -> dict[str, Any]:
    """The figures of the span, each with its change since the one before."""
    who = {"owner_id": owner_id, "team_id": team_id, "pipeline_id": pipeline_id}
    found = ask(ctx, get_summary, **days_of(ctx, period, since, until), **who)
    names = {
        "won_amount": _("Won"), "won": _("Deals won"), "contacts": _("New contacts"),
        "activities": _("Activities"), "tasks": _("Tasks done"),
    }  # fmt: skip
    now, before = found["now"], found["before"]
    tiles = [
        {
            "name": label,
            "value": now[name],
            "text": number_format(now[name], force_grouping=True),
            "currency": now["currency"] if name == "won_amount" else "",
            "change": (change := _change(now[name], before[name])),
            "size": abs(change or 0),
        }
        for name, label in names.items()
        if name in now
    ]
    return {"tiles": tiles}


def _change(now: Any, before: Any) -> int | None:
    """The change in per cent; None where there is nothing to compare with."""
    return round((float(now) - float(before)) / float(before) * 100) if before else None


@fragment("reports/funnel", template="reports/_funnel.html")
def funnel(
    ctx: Context,
    *,
    pipeline_id: Id | None = None,
    period: str = DEFAULT,
    since: date | None = None,
    until: date | None = None,
    owner_id: Id | None = None,
    team_id: Id | None = None,
) -> dict[str, Any]:
    """How many deals reached each stage, and how many were lost there."""
    who = {"owner_id": owner_id, "team_id": team_id, "pipeline_id": pipeline_id}
    found = ask(ctx, get_funnel, **days_of(ctx, period, since, until), **who)
    most = max((stage["reached"] for stage in found["stages"]), default=0)
    stages = [
        {
            **stage,
            "share": share(stage["reached"], most),
            "per_cent": None if stage["conversion"] is None else round(stage["conversion"] * 100),
            "style": "ink-good" if stage["kind"] == "won" else "ink-0",
        }
        for stage in found["stages"]
    ]
    rate = (
        round(found["won"] / (found["won"] + found["lost"]) * 100) if found["won"] + found["lost"] else None
    )
    return {**found, "stages": stages, "win_rate": rate, "is_empty": not most}


@fragment("reports/velocity", template="reports/_velocity.html")
def velocity(
    ctx: Context,
    *,
    pipeline_id: Id | None = None,
    period: str = DEFAULT,
    since: date | None = None,
    until: date | None = None,
    owner_id: Id | None = None,
    team_id: Id | None = None,
) -> dict[str, Any]:
    """How long deals stay in each stage."""
    who = {"owner_id": owner_id, "team_id": team_id, "pipeline_id": pipeline_id}
    rows = ask(ctx, get_velocity, **days_of(ctx, period, since, until), **who)
    most = max((row["days"] or 0 for row in rows), default=0)
    stages = [{**row, "share": share(row["days"] or 0, most)} for row in rows]
    return {"stages": stages, "is_empty": not most, "sum": round(sum(row["days"] or 0 for row in rows), 1)}


@fragment("reports/forecast", template="reports/_forecast.html")
def forecast(
    ctx: Context, *, pipeline_id: Id | None = None, owner_id: Id | None = None, team_id: Id | None = None
) -> dict[str, Any]:
    """What open deals are expected to bring in the coming months."""
    try:
        rows = ask(ctx, get_forecast, pipeline_id=pipeline_id, owner_id=owner_id, team_id=team_id)
    except Forbidden:
        return {"is_allowed": False}
    currencies = [row["currency"] for row in rows]
    currency = max(set(currencies), key=currencies.count) if currencies else ""
    shown = [row for row in rows if row["currency"] == currency]
    labels = [step_label("month", row["month"]) for row in shown]
    series = [
        Series(_("Weighted"), "ink-0", [row["weighted"] for row in shown]),
        Series(_("The rest of the sum"), "ink-soft", [row["sum"] - row["weighted"] for row in shown]),
    ]
    texts = [
        [money_text(row["weighted"], currency), money_text(row["sum"] - row["weighted"], currency)]
        for row in shown
    ]
    chart = columns(labels, series, texts=texts, scale=charts.short)
    total = sum((row["weighted"] for row in shown), start=0)
    return {"is_allowed": True, "chart": chart, "currency": currency, "total": total, "months": len(shown)}


@fragment("reports/outcomes", template="reports/_outcomes.html")
def outcomes(
    ctx: Context,
    *,
    pipeline_id: Id | None = None,
    period: str = DEFAULT,
    since: date | None = None,
    until: date | None = None,
    owner_id: Id | None = None,
    team_id: Id | None = None,
) -> dict[str, Any]:
    """Deals that were won and lost over time, their worth, and why they were lost."""
    who = {"owner_id": owner_id, "team_id": team_id, "pipeline_id": pipeline_id}
    found = ask(ctx, get_won_lost, **days_of(ctx, period, since, until), **who)
    steps, currency = found["steps"], found["currency"]
    labels = [step_label(found["step"], step["start"]) for step in steps]
    names = (("won", _("Won"), "ink-good"), ("lost", _("Lost"), "ink-bad"))
    counted = [Series(label, style, [step[name] for step in steps]) for name, label, style in names]
    texts = [[str(step["won"]), str(step["lost"])] for step in steps]
    context = {**found, "counts": columns(labels, counted, texts=texts, scale=charts.short)}
    if "won_amount" in found:
        worth = [
            Series(label, style, [step[f"{name}_amount"] for step in steps]) for name, label, style in names
        ]
        texts = [[money_text(step[f"{name}_amount"], currency) for name, *_rest in names] for step in steps]
        context["amounts"] = columns(labels, worth, texts=texts, scale=charts.short)
    most = max((row["count"] for row in found["reasons"]), default=0)
    context["reasons"] = [{**row, "share": share(row["count"], most)} for row in found["reasons"]]
    return context


@fragment("reports/sources", template="reports/_sources.html")
def sources(
    ctx: Context,
    *,
    period: str = DEFAULT,
    since: date | None = None,
    until: date | None = None,
    owner_id: Id | None = None,
    team_id: Id | None = None,
) -> dict[str, Any]:
    """Where new contacts came from."""
    rows = ask(ctx, get_sources, **days_of(ctx, period, since, until), owner_id=owner_id, team_id=team_id)
    total, most = sum(row["count"] for row in rows), max((row["count"] for row in rows), default=0)
    shown = [
        {
            **row,
            "share": share(row["count"], most),
            "per_cent": round(row["count"] / total * 100) if total else 0,
            "change": _change(row["count"], row["previous"]),
        }
        for row in rows
    ]
    return {"rows": shown, "total": total}


@fragment("reports/activity", template="reports/_activity.html")
def activity(
    ctx: Context,
    *,
    period: str = DEFAULT,
    since: date | None = None,
    until: date | None = None,
    owner_id: Id | None = None,
    team_id: Id | None = None,
) -> dict[str, Any]:
    """What was done over time, and by whom."""
    found = ask(ctx, get_activity, **days_of(ctx, period, since, until), owner_id=owner_id, team_id=team_id)
    names, steps = kind_names(), found["steps"]
    series = [
        Series(label, f"ink-{place}", [step[name] for step in steps])
        for place, (name, label) in enumerate(names.items())
    ]
    labels = [step_label(found["step"], step["start"]) for step in steps]
    texts = [[str(step[name]) for name in names] for step in steps]
    members = [{**row, "counts": [row[name] for name in names]} for row in found["members"]]
    chart = columns(labels, series, texts=texts, scale=charts.short)
    return {"chart": chart, "members": members, "names": names.values()}


@fragment("reports/leaderboard", template="reports/_leaderboard.html")
def leaderboard(
    ctx: Context,
    *,
    contest: Contest = "amount_won",
    period: str = DEFAULT,
    since: date | None = None,
    until: date | None = None,
    team_id: Id | None = None,
    pipeline_id: Id | None = None,
) -> dict[str, Any]:
    """Who is ahead."""
    where = {"team_id": team_id, "pipeline_id": pipeline_id, "metric": contest}
    try:
        rows = ask(ctx, get_leaderboard, **days_of(ctx, period, since, until), **where)
    except Forbidden:
        return {"is_allowed": False}
    most = max((row["value"] for row in rows), default=0)
    shown = [{**row, "share": share(row["value"], most), "number": int(row["value"])} for row in rows]
    return {"is_allowed": True, "rows": shown, "title": contests()[contest]}
