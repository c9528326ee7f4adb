"""Reading reports; registered with these."""

from crm.reports import effort, forecast, funnel, outcomes, pipeline, sources

__all__ = ["effort", "forecast", "funnel", "outcomes", "pipeline", "sources"]
