"""What a new tenant's contacts start with."""

from crm.contacts.models import ContactStage

STAGES = ("New", "Contacted", "Qualified", "Client", "Past client")


def create_contact_stages() -> list[ContactStage]:
    """Create the default stages in the current tenant."""
    return ContactStage.objects.bulk_create(
        ContactStage(name=name, position=position) for position, name in enumerate(STAGES)
    )
