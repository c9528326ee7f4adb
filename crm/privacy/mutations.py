"""Exporting and erasing a person: each has a module of its own, registered with this one."""

from crm.privacy.erasing import erase_contact
from crm.privacy.exporting import export_contact

__all__ = ["erase_contact", "export_contact"]
