"""A new member's first month as one durable run."""

from datetime import timedelta

from crm.onboarding.mutations import EVENT, WORKFLOW, end_onboarding, greet_member, nudge_member
from realtime.functions import Id, Phrase
from workflows import BusinessHours, Step, workflow

#: Days after joining on which the run looks; on the first ones it writes to who has not got far.
NUDGES, LOOKS = (2, 5), (2, 5, 7, 10, 14, 21, 30)


@workflow(WORKFLOW, retention="90d", rests_when_held=True)
def member_onboarding(step: Step, *, member_id: Id) -> None:
    """Welcome a member, remind them twice of what they have not done, tell their leader when they have."""
    zone = step.run_mutation(greet_member, {"member_id": member_id})["time_zone"]
    began_at = step.now()
    for day in LOOKS:
        step.set_status(str(Phrase("Looks again on day %(day)s", day=day)))
        look_at = BusinessHours(zone).next_open(began_at + timedelta(days=day))
        if step.await_event(EVENT, timeout=max(timedelta(0), look_at - step.now())) is not None:
            return
        look = {"member_id": member_id, "by_email": day in NUDGES}
        if step.run_mutation(nudge_member, look)["is_over"]:
            return
    step.run_mutation(end_onboarding, {"member_id": member_id})
