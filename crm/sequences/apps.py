from django.apps import AppConfig


class SequencesConfig(AppConfig):
    name = "crm.sequences"
    label = "sequences"

    def ready(self) -> None:
        """Register the functions and workflows, and what is heard of mail."""
        from crm.mail import listeners
        from crm.sequences import (
            answers,
            enrollment_mutations,
            following,
            intakes,
            mutations,
            queries,
            step_mutations,
            turns,
            workflows,
        )

        _ = enrollment_mutations, following, intakes, mutations, queries, step_mutations, turns, workflows
        listeners.on_reply(answers.stop_by_reply)
        listeners.on_unsubscribe(answers.stop_by_unsubscribing)
        listeners.on_seen(answers.count_seen)
