"""Taking people in from other programs."""

from api.route import Route
from crm.intake import mutations

routes = [Route("POST", "/events", mutations.receive_event)]
