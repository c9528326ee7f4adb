"""What a definition names by id, and which of it is there: one query a kind, when it is first asked for."""

from functools import cached_property
from typing import Any

from accounts.roles.models import Member, Team
from crm.automations.definition import Definition, walk
from crm.automations.models import RoutingRule
from crm.deals.models import Stage
from crm.forms.models import Form
from crm.sequences.models import Sequence


class Named:
    """The ids that are there, of those that a definition names."""

    def __init__(self, definition: Definition) -> None:
        self._parts: list[Any] = [
            definition.trigger,
            *(step for step, _list, _depth in walk(definition.steps)),
        ]

    def _ids(self, *names: str) -> list[int]:
        found = {getattr(part, name, None) for part in self._parts for name in names}
        found |= {getattr(part, "values", {}).get(name) for part in self._parts for name in names}
        return sorted(value for value in found if isinstance(value, int))

    def _there(self, model: Any, *names: str, **also: Any) -> frozenset[int]:
        ids = self._ids(*names)
        return (
            frozenset(model.objects.filter(pk__in=ids, **also).values_list("pk", flat=True))
            if ids
            else frozenset()
        )

    @cached_property
    def stages(self) -> frozenset[int]:
        return self._there(Stage, "stage_id")

    @cached_property
    def forms(self) -> frozenset[int]:
        return self._there(Form, "form_id")

    @cached_property
    def members(self) -> frozenset[int]:
        """Those who are active."""
        return self._there(Member, "member_id", "assignee", "to", "owner", is_active=True)

    @cached_property
    def rules(self) -> frozenset[int]:
        return self._there(RoutingRule, "rule_id")

    @cached_property
    def teams(self) -> frozenset[int]:
        return self._there(Team, "team_id")

    @cached_property
    def sequences(self) -> frozenset[int]:
        """Those that are not archived."""
        states = [state for state in Sequence.State if state != Sequence.State.ARCHIVED]
        return self._there(Sequence, "sequence_id", state__in=states)
