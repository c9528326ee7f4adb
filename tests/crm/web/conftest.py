"""Members' browsers without a browser: Django's client, logged in."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from tests.cast import Person

Browse = Callable[[Person], Client]


@pytest.fixture
def browse(db: None) -> Browse:
    """``browse(cast.alice)``: a client with a session of hers, on the bare host."""

    def browse(person: Person) -> Client:
        client = Client(headers={"host": "localhost"})
        client.force_login(User.objects.get(pk=person.user_id))
        return client

    return browse
