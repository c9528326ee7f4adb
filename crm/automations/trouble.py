"""What keeps an automation from beginning: said where it is built, and once to whoever made it."""

from accounts.actor import system_context
from crm.automations.models import Automation
from crm.notifications.sending import notify
from realtime.functions import FunctionError, Phrase
from realtime.schema import current_schema


def note(automation: Automation, error: Exception) -> None:
    """Keep the fault on the automation until runs begin again. Part of the caller's transaction."""
    said = (
        str(error.detail)
        if isinstance(error, FunctionError)
        else str(Phrase("Something unforeseen: the server's log says what."))
    )
    if automation.trouble == said[:400]:
        return
    Automation.objects.filter(pk=automation.pk).update(trouble=said[:400])
    if not automation.trouble and automation.created_by_id is not None:
        text = str(Phrase("%(name)s could not begin", name=automation.name))
        notify(
            system_context(current_schema()),
            automation.created_by_id,
            "automation",
            text[:200],
            f"/automations/{automation.pk}/",
        )
