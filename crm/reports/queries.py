"""Reading reports; registered with these."""

from crm.reports import effort, forecast, funnel, outcomes, sources

__all__ = ["effort", "forecast", "funnel", "outcomes", "sources"]
