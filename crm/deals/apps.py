from django.apps import AppConfig


class DealsConfig(AppConfig):
    name = "crm.deals"
    label = "deals"

    def ready(self) -> None:
        from crm.deals import batch  # it stands on all of the area's mutations, so none of them imports it

        assert batch.VERBS
