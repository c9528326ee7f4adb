"""Setting goals; registered with these."""

from crm.reports import goals

__all__ = ["goals"]
