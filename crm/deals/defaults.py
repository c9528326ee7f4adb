"""What a new tenant's deals start with."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.deals.models import LostReason, Pipeline, Stage

STAGES = (
    (_("Qualified"), Stage.Kind.OPEN, 10),
    (_("Meeting"), Stage.Kind.OPEN, 30),
    (_("Offer"), Stage.Kind.OPEN, 60),
    (_("Contract"), Stage.Kind.OPEN, 90),
    (_("Won"), Stage.Kind.WON, 100),
    (_("Lost"), Stage.Kind.LOST, 0),
)

PIPELINE = _("Sales")


def create_pipeline(name: str | Promise = PIPELINE, position: int = 0) -> Pipeline:
    """Create a pipeline with the default stages in the current tenant."""
    pipeline = Pipeline.objects.create(name=str(name), position=position)
    Stage.objects.bulk_create(
        Stage(pipeline=pipeline, name=str(name), kind=kind, probability=probability, position=position)
        for position, (name, kind, probability) in enumerate(STAGES)
    )
    return pipeline


LOST_REASONS = (_("Price"), _("Chose somebody else"), _("Bad timing"), _("No answer"), _("Not a fit"))


def create_lost_reasons() -> list[LostReason]:
    """Create the default reasons in the current tenant."""
    return LostReason.objects.bulk_create(
        LostReason(name=str(name), position=position) for position, name in enumerate(LOST_REASONS)
    )
