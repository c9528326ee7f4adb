"""Export and Erase in the menu of a contact's page."""

import json
from typing import Any

import pytest
from django.test import Client

from crm.contacts.models import Contact
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.web.conftest import BrowserOf


@pytest.fixture
def ada(acme: str, cast: Cast) -> int:
    made: Any = call("contacts.create_contact", cast.alice.context(), {"first_name": "Ada", "last_name": "Byron"})
    return int(made["id"])
