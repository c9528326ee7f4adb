"""Forms about goals."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.queries import get_tenant
from accounts.roles.queries import list_teams
from crm.web.choices import member_choices
from crm.web.pages import ask
from realtime.functions import Context

METRICS = {
    "amount_won": gettext_lazy("Amount won"),
    "deals_won": gettext_lazy("Deals won"),
    "calls": gettext_lazy("Calls"),
    "activities": gettext_lazy("Activities"),
    "tasks_done": gettext_lazy("Tasks done"),
}
PERIODS = {
    "month": gettext_lazy("a month"),
    "quarter": gettext_lazy("a quarter"),
    "year": gettext_lazy("a year"),
}


class GoalForm(forms.Form):
    """A new goal."""

    whose = forms.ChoiceField(label=gettext_lazy("For"))
    metric = forms.ChoiceField(label=gettext_lazy("What"), choices=METRICS.items())
    period = forms.ChoiceField(label=gettext_lazy("Period"), choices=PERIODS.items())
    target = forms.DecimalField(
        label=gettext_lazy("Target"), min_value=1, max_digits=14, decimal_places=2,
        widget=forms.NumberInput({"inputmode": "decimal"}),
        help_text=gettext_lazy("A number, or an amount in the workspace's currency."),
    )  # fmt: skip

    def __init__(self, ctx: Context, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ctx = ctx
        teams = [(f"team-{row['id']}", row["name"]) for row in ask(ctx, list_teams)]
        members = [(f"member-{pk}", name) for pk, name in member_choices(ctx)]
        field: Any = self.fields["whose"]
        field.choices = [("firm", _("The whole firm")), (_("Teams"), teams), (_("Members"), members)]

    def arguments(self) -> dict[str, Any]:
        """What the mutation wants."""
        given = dict(self.cleaned_data)
        kind, _dash, pk = given.pop("whose").partition("-")
        names = {"team": "team_id", "member": "owner_id"}
        whose = {names[kind]: int(pk)} if kind in names else {}
        return {**given, **whose, "currency": ask(self.ctx, get_tenant)["currency"]}


class TargetForm(forms.Form):
    """Another target for a goal."""

    target = GoalForm.base_fields["target"]
