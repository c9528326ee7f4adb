"""What the command palette can do from anywhere, and the keys that do it without the palette."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from crm.web.fragments.settings import PLACES
from crm.web.templatetags.addresses import address


@dataclass(frozen=True, slots=True)
class Command:
    """A page that the palette opens, as a dialog or whole; ``keys`` open it anywhere."""

    page: str
    label: Any
    icon: str
    permission: Permission
    keys: str = ""
    is_dialog: bool = False

    @property
    def url(self) -> str:
        return address(self.page)


COMMANDS = (
    Command("contact_new", _("New contact"), "user-plus", Permission.CONTACT_CREATE, "n c", True),
    Command("company_new", _("New company"), "building-2", Permission.COMPANY_CREATE, "n o", True),
    Command("deal_new", _("New deal"), "handshake", Permission.DEAL_CREATE, "n d", True),
    Command("task_new", _("New task"), "list-checks", Permission.TASK_CREATE, "n t", True),
    Command("invite", _("Invite people"), "send", Permission.MEMBER_MANAGE, "", True),
)
#: Besides the main navigation, which the palette finds on the page.
PLACES_TO_GO = tuple(Command(page, label, icon, permission) for page, label, icon, permission in PLACES)
