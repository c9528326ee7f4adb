from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "crm.activities"
    label = "activities"

    def ready(self) -> None:
        from crm.activities.system import note_happening
        from crm.records import happenings

        happenings.listen(note_happening)
