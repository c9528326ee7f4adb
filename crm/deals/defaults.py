"""What a new tenant's deals start with."""

from crm.deals.models import Pipeline, Stage

STAGES = (
    ("Qualified", Stage.Kind.OPEN, 10),
    ("Meeting", Stage.Kind.OPEN, 30),
    ("Offer", Stage.Kind.OPEN, 60),
    ("Contract", Stage.Kind.OPEN, 90),
    ("Won", Stage.Kind.WON, 100),
    ("Lost", Stage.Kind.LOST, 0),
)


def create_pipeline() -> Pipeline:
    """Create the default pipeline with its stages in the current tenant."""
    pipeline = Pipeline.objects.create(name="Sales")
    Stage.objects.bulk_create(
        Stage(pipeline=pipeline, name=name, kind=kind, probability=probability, position=position)
        for position, (name, kind, probability) in enumerate(STAGES)
    )
    return pipeline
