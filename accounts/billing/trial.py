"""A tenant's trial as one durable run, from the sign-up until somebody pays; and the same for a payment that fails.

It asks what is next, waits until then or until something is heard, and does it if it still is next. Whatever changes
a subscription sends ``billing`` to the run, in the same transaction: so a longer trial moves the timers, and a payment
at any moment ends it.
"""

from datetime import timedelta

from django.conf import settings

from accounts.billing.changing import EVENT, WORKFLOW
from accounts.billing.mutations import take_trial_step
from accounts.billing.queries import get_next_action
from accounts.billing.schemas import TrialAction
from realtime.functions import Phrase
from workflows import Step, workflow

#: What comes next, for whoever looks at the run.
COMING: dict[TrialAction, Phrase] = {
    "welcome": Phrase("Next: a welcome"),
    "check_in": Phrase("Next: a question how it goes"),
    "remind": Phrase("Next: a word before the trial ends"),
    "expire": Phrase("Next: the trial ends"),
    "tell_grace": Phrase("Next: a word that it has ended"),
    "lock": Phrase("Next: the workspace is locked"),
    "tell_locked": Phrase("Next: a word that it is locked"),
    "thank": Phrase("Next: thanks for the payment"),
}


@workflow(WORKFLOW, retention="400d")
def trial(step: Step) -> None:
    """Welcome, check in, remind, let the trial end in grace, then lock; open it whenever somebody pays."""
    while True:
        wanted = step.run_query(get_next_action)
        if wanted["is_over"]:
            step.set_status(str(Phrase("Open")))
            return
        action, at = wanted["action"], wanted["at"]
        if action is None or at is None:
            step.set_status(str(Phrase("Locked until somebody pays")))
            step.await_event(EVENT)
            continue
        step.set_status(str(COMING[action]))
        # Waited for even when it is late: whether it is must not decide which steps there are.
        if step.await_event(EVENT, timeout=max(at - step.now(), timedelta(0))) is not None:
            continue
        step.run_mutation(take_trial_step, {"action": action, "at": at, "is_used": _is_used(step, action)})


def _is_used(step: Step, action: str) -> bool:
    """Whether the firm has begun to work with what it tries; asked when that matters alone."""
    if action != "check_in" or not settings.TRIAL_FACTS:
        return False
    found: dict[str, bool] = step.run_query(settings.TRIAL_FACTS)
    return any(found.values())
