"""What a new tenant's contacts start with."""

from django.utils.translation import gettext_lazy as _

from crm.contacts.models import ContactStage

STAGES = (_("New"), _("Contacted"), _("Qualified"), _("Client"), _("Past client"))


def create_contact_stages() -> list[ContactStage]:
    """Create the default stages in the current tenant."""
    return ContactStage.objects.bulk_create(
        ContactStage(name=str(name), position=position) for position, name in enumerate(STAGES)
    )
