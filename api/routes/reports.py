"""Reports, all read from daily totals, and goals."""

from api.route import Route
from crm.reports import effort, forecast, funnel, goals, outcomes, pipeline, sources

routes = [
    Route("GET", "/reports/summary", sources.get_summary),
    Route("GET", "/reports/pipeline", pipeline.get_pipeline),
    Route("GET", "/reports/funnel", funnel.get_funnel),
    Route("GET", "/reports/velocity", funnel.get_velocity),
    Route("GET", "/reports/forecast", forecast.get_forecast),
    Route("GET", "/reports/won-lost", outcomes.get_won_lost),
    Route("GET", "/reports/sources", sources.get_sources),
    Route("GET", "/reports/activity", effort.get_activity),
    Route("GET", "/reports/leaderboard", effort.get_leaderboard),
    Route("GET", "/goals", goals.list_goals),
    Route("POST", "/goals", goals.create_goal, status=201),
    Route("PATCH", "/goals/{goal_id}", goals.update_goal),
    Route("DELETE", "/goals/{goal_id}", goals.delete_goal),
]
