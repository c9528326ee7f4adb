"""Live regions of pages, a module an area; importing this package registers them all."""

from crm.web.fragments import board, companies, contacts, deals, home, settings, shell, tasks

__all__ = ["board", "companies", "contacts", "deals", "home", "settings", "shell", "tasks"]
