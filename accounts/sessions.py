"""Sessions in the database, as Django keeps them; each request's look-up by a statement that is compiled once."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import tenancy
from realtime.reads.fixed import FixedQuery

FIELDS = [field.attname for field in Session._meta.concrete_fields]
BY_KEY = FixedQuery(lambda key: Session.objects.filter(session_key=key).values_list(*FIELDS))


class SessionStore(db.SessionStore):
    """Django's own store."""

    def _get_session_from_db(self) -> Any:
        """The session's row; without one that is still good the key is forgotten, as Django does it."""
        with tenancy.anywhere():
            rows = BY_KEY.rows(self.session_key)
        found = Session.from_db("default", FIELDS, rows[0]) if rows else None
        if found is None or found.expire_date <= timezone.now():
            self._session_key = None
            return None
        return found
