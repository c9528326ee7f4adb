"""Live regions of pages, a module an area; importing this package registers them all."""

from crm.web.fragments import (
    activities,
    bin,
    board,
    companies,
    contact_parts,
    contacts,
    deals,
    goals,
    home,
    notifications,
    reports,
    runs,
    settings,
    shell,
    tasks,
    words,
)

__all__ = [
    "activities",
    "bin",
    "board",
    "companies",
    "contact_parts",
    "contacts",
    "deals",
    "goals",
    "home",
    "notifications",
    "reports",
    "runs",
    "settings",
    "shell",
    "tasks",
    "words",
]
