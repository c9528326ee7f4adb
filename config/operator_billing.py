"""Billing on the operator site: plans are edited, subscriptions changed by mutations in their tenant, audited there."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.forms import ActionForm

from accounts.actor import operator_context
from accounts.billing import mutations
from accounts.billing.models import Invoice, PaymentEvent, Plan, Subscription
from accounts.tenancy import tenant_context
from config.operator_site import PublicAdmin, operator
from realtime.functions import FunctionError, translated
from realtime.functions.call import call
from realtime.functions.registry import AnyFunction

#: Days by which a trial is lengthened when nothing else is said.
WEEK = 7


class LengthenForm(ActionForm):  # type: ignore[misc]  # unfold has no types
    """How much longer a trial is to be, beside the choice of what is to be done."""

    days = forms.IntegerField(label=_("Days"), required=False, initial=WEEK)
    last_day = forms.DateField(
        label=_("or until"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


@admin.register(Plan, site=operator)
class PlanAdmin(PublicAdmin):
    """Prices are data: a change counts for what is chosen from now on."""

    list_display = ("name", "key", "price", "currency", "max_seats", "weight", "is_offered", "position")

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return operator.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return operator.has_permission(request)


@admin.register(Subscription, site=operator)
class SubscriptionAdmin(PublicAdmin):
    list_display = ("tenant", "state", "plan", "seats", "trial_ends_at", "grace_ends_at", "period_ends_at")
    list_filter = ("state", "plan")
    search_fields = ("tenant__slug", "tenant__name")
    list_select_related = ("tenant", "plan")
    actions = ("extend", "lock", "unlock")
    action_form = LengthenForm

    @admin.action(description=_("Lengthen the trial"), permissions=["view"])
    def extend(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> None:
        """By days from its end or, if that is past, from today; or until a day, which counts if it is given."""
        form = LengthenForm(request.POST)
        form.fields.pop("action")
        form.full_clean()  # Django has seen that it is valid; days out of bounds the mutation refuses
        last_day, days = form.cleaned_data["last_day"], form.cleaned_data["days"]
        args: dict[str, object] = (
            {"last_day": last_day} if last_day else {"days": WEEK if days is None else days}
        )
        self._call(request, queryset, mutations.extend_trial, args)

    @admin.action(description=_("Lock"), permissions=["view"])
    def lock(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> None:
        """Nothing is shown until somebody pays; nothing is deleted."""
        self._call(request, queryset, mutations.lock_tenant, {})

    @admin.action(description=_("Open as paid, with what was chosen"), permissions=["view"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> None:
        """As if the provider had told of a payment."""
        self._call(request, queryset, mutations.unlock_tenant, {})

    def _call(
        self,
        request: HttpRequest,
        rows: QuerySet[Subscription],
        function: AnyFunction,
        args: Mapping[str, object],
    ) -> None:
        """Call the mutation in each tenant; a refusal of one does not stop the others."""
        for row in rows.select_related("tenant"):
            schema = row.tenant.schema_name
            try:
                with tenant_context(schema):
                    call(function, operator_context(schema, request.user.pk or 0), args)
            except FunctionError as error:
                self.message_user(request, f"{row.tenant}: {translated(error.detail)}", messages.ERROR)
            else:
                LogEntry.objects.log_actions(request.user.pk or 0, [row], CHANGE, function.name)
                self.message_user(request, gettext("%(tenant)s: done") % {"tenant": row.tenant})


@admin.register(Invoice, site=operator)
class InvoiceAdmin(PublicAdmin):
    list_display = ("number", "tenant", "amount", "currency", "state", "issued_at", "paid_at")
    list_filter = ("state",)
    list_select_related = ("tenant",)


@admin.register(PaymentEvent, site=operator)
class PaymentEventAdmin(PublicAdmin):
    list_display = ("event", "provider", "kind", "outcome", "tenant", "occurred_at", "received_at")
    list_filter = ("outcome", "provider")
    list_select_related = ("tenant",)
