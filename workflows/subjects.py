"""Runs that are about a record end with it: a trigger that the record's model declares.

    class Meta:
        triggers = [cancel_runs_of("contact")]

The trigger works for bulk deletes and bare SQL too. Deleting waits for a step that is in its transaction, and
the step after it finds another generation, so nothing is written about a record that is gone.
"""

from typing import Any

import pgtrigger


def cancel_runs_of(subject: str) -> Any:
    """A trigger that cancels the live runs whose workflow says ``subject=`` this when their record is deleted."""
    if not subject.isidentifier():
        raise ValueError(f"{subject!r} is no subject.")
    return pgtrigger.Trigger(
        name="cancel_runs",
        when=pgtrigger.After,
        operation=pgtrigger.Delete,
        func=f"PERFORM public.cancel_runs_of(TG_TABLE_SCHEMA, '{subject}', OLD.id); RETURN NULL;",
    )
