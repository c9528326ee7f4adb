"""The durable runs of sequences: one for each enrolled contact, and those that enrol or stop many in the background."""

from datetime import timedelta

from crm.sequences.following import follow_chunk, leave_chunk
from crm.sequences.intakes import take_in_chunk
from crm.sequences.turns import take_turn
from realtime.functions import Id
from workflows import Step, workflow


@workflow("sequences.enrollment", subject="enrollment", retention="90d", rests_when_held=True)
def enrollment_run(step: Step, *, enrollment_id: Id, contact_id: Id) -> str:
    """A contact's way through a sequence: turn by turn, waiting between them for a moment, a place, or somebody."""
    args = {"enrollment_id": enrollment_id, "contact_id": contact_id}
    turn = step.run_mutation(take_turn, args, name="begin")
    while not turn["is_over"]:
        for slot in turn["slots"]:
            step.take_slot(slot["resource"], every=timedelta(seconds=slot["seconds"]), burst=slot["burst"])
        if turn["is_held"]:
            step.await_event("stir")
        elif turn["seconds"]:
            step.await_event("stir", timeout=timedelta(seconds=turn["seconds"]))
        turn = step.run_mutation(
            take_turn, {**args, "has_slots": bool(turn["slots"])}, name=turn["coming"] or "begin"
        )
    step.set_status(turn["outcome"])
    return turn["outcome"]


@workflow("sequences.intake", retention="30d", rests_when_held=True)
def intake_run(step: Step, *, intake_id: Id) -> str:
    """Enrol the contacts that a filter chooses, a hundred a transaction."""
    while step.run_mutation(take_in_chunk, {"intake_id": intake_id})["more"]:
        pass
    return "done"


@workflow("sequences.follow", retention="7d", rests_when_held=True)
def follow_run(step: Step, *, sequence_id: Id) -> str:
    """Bring the contacts of a sequence that was resumed or archived in line with it, a hundred a transaction."""
    after_id: int | None = 0
    while after_id is not None:
        args = {"sequence_id": sequence_id, "after_id": after_id}
        after_id = step.run_mutation(follow_chunk, args)["after_id"]
    return "done"


@workflow("sequences.leave_step", retention="7d", rests_when_held=True)
def leave_run(step: Step, *, step_id: Id) -> str:
    """Let those who stand at a step that was deleted go on, a hundred a transaction."""
    after_id: int | None = 0
    while after_id is not None:
        after_id = step.run_mutation(leave_chunk, {"step_id": step_id, "after_id": after_id})["after_id"]
    return "done"
