"""What happens when a member joins or is shut out; called in the transaction that does it."""

from crm.onboarding.mutations import WORKFLOW, key_of
from workflows import cancel, start
from workflows.runs.models import Run


def begin(member_id: int) -> None:
    """Start a new member's onboarding; whoever is asked back while one is under way keeps it."""
    start(WORKFLOW, {"member_id": member_id}, key=key_of(member_id))


def end(member_id: int) -> None:
    """No reminders for somebody who was shut out."""
    runs = Run.objects.filter(workflow=WORKFLOW, key=key_of(member_id), finished_at=None)
    for run_id in list(runs.values_list("pk", flat=True)):
        cancel(run_id)
