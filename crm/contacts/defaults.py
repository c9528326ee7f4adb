"""What a new tenant's contacts start with."""

from django.utils.translation import gettext_lazy as _

from crm.contacts.models import ContactStage, LeadSource

STAGES = (_("New"), _("Contacted"), _("Qualified"), _("Client"), _("Past client"))
SOURCES = (
    _("Website"), _("Referral"), _("Social media"), _("Walk-in"), _("Advertisement"), _("Event"), _("Other"),
)  # fmt: skip


def create_contact_stages() -> list[ContactStage]:
    """Create the default stages in the current tenant."""
    return ContactStage.objects.bulk_create(
        ContactStage(name=str(name), position=position) for position, name in enumerate(STAGES)
    )


def create_lead_sources() -> list[LeadSource]:
    """Create the default sources in the current tenant."""
    return LeadSource.objects.bulk_create(
        LeadSource(name=str(name), position=position) for position, name in enumerate(SOURCES)
    )
