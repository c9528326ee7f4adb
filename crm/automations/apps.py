from django.apps import AppConfig


class AutomationsConfig(AppConfig):
    name = "crm.automations"
    label = "automations"

    def ready(self) -> None:
        """Register the functions, the workflows and the kinds of due work."""
        from crm.automations import (
            clock,
            doing,
            facts,
            intake,
            keeping,
            mutations,
            queries,
            reach,
            routing,
            scanning,
            secret,
            trial,
            versions,
            workflows,
        )
        from crm.sequences import hearing

        hearing.on_begin(scanning.listen)
        _ = clock, doing, facts, intake, mutations, queries, reach, routing, scanning, secret, trial, versions
        _ = keeping, workflows
