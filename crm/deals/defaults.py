"""What a new tenant's deals start with."""

from crm.deals.models import LostReason, Pipeline, Stage

STAGES = (
    ("Qualified", Stage.Kind.OPEN, 10),
    ("Meeting", Stage.Kind.OPEN, 30),
    ("Offer", Stage.Kind.OPEN, 60),
    ("Contract", Stage.Kind.OPEN, 90),
    ("Won", Stage.Kind.WON, 100),
    ("Lost", Stage.Kind.LOST, 0),
)


def create_pipeline(name: str = "Sales", position: int = 0) -> Pipeline:
    """Create a pipeline with the default stages in the current tenant."""
    pipeline = Pipeline.objects.create(name=name, position=position)
    Stage.objects.bulk_create(
        Stage(pipeline=pipeline, name=name, kind=kind, probability=probability, position=position)
        for position, (name, kind, probability) in enumerate(STAGES)
    )
    return pipeline


LOST_REASONS = ("Price", "Chose somebody else", "Bad timing", "No answer", "Not a fit")


def create_lost_reasons() -> list[LostReason]:
    """Create the default reasons in the current tenant."""
    return LostReason.objects.bulk_create(
        LostReason(name=name, position=position) for position, name in enumerate(LOST_REASONS)
    )
