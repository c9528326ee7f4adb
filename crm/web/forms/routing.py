"""The form of a routing rule: a row for each member, with whether they take part and their share."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.automations.models import RoutingRule
from crm.web.choices import Choices

KINDS = [
    (RoutingRule.Kind.ROUND_ROBIN.value, _("In turn, everybody the same")),
    (RoutingRule.Kind.WEIGHTED.value, _("By their shares")),
]


class RuleForm(forms.Form):
    """A rule's name, how it gives out, and to whom."""

    name = forms.CharField(label=_("Name"), max_length=60)
    kind = forms.ChoiceField(label=_("Gives out"), choices=KINDS)

    def __init__(self, data: Any = None, *, members: Choices, rule: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(rule or {}))
        weights = {seat["member_id"]: seat["weight"] for seat in (rule or {}).get("seats", [])}
        self.member_ids = [int(pk) for pk, _name in members]
        for pk, name in members:
            self.fields[f"seat_{pk}"] = forms.BooleanField(label=name, required=False, initial=pk in weights)
            self.fields[f"weight_{pk}"] = forms.IntegerField(
                label=_("Share of %(name)s") % {"name": name}, min_value=1, max_value=100, required=False,
                initial=weights.get(pk, 1),
            )  # fmt: skip

    @property
    def plain_fields(self) -> list[Any]:
        """The fields beside the members."""
        return [self["name"], self["kind"]]

    @property
    def seats(self) -> list[tuple[Any, Any]]:
        """Each member's two fields."""
        return [(self[f"seat_{pk}"], self[f"weight_{pk}"]) for pk in self.member_ids]

    def clean(self) -> dict[str, Any]:
        """The arguments of the function."""
        sent = self.cleaned_data
        chosen = [pk for pk in self.member_ids if sent.get(f"seat_{pk}")]
        if not chosen:
            raise ValidationError(_("Choose at least one member."))
        seats = [{"member_id": pk, "weight": sent.get(f"weight_{pk}") or 1} for pk in chosen]
        return {"name": sent.get("name", ""), "kind": sent.get("kind", ""), "seats": seats}
