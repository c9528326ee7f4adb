"""Forms about saved views."""

from django import forms
from django.utils.translation import gettext_lazy as _

SHARED = [("private", _("Only me")), ("teams", _("My teams")), ("everyone", _("Everyone"))]


class ViewForm(forms.Form):
    """A view's name and who sees it; what it shows travels along unseen."""

    name = forms.CharField(label=_("Name"), max_length=60)
    shared = forms.ChoiceField(
        label=_("Shared with"), choices=SHARED, widget=forms.RadioSelect, initial="private",
        help_text=_("Everybody sees in it what their role lets them see."),
    )  # fmt: skip
    is_pinned = forms.BooleanField(label=_("Show it as a tab"), required=False, initial=True)
    f = forms.CharField(required=False, widget=forms.HiddenInput)
    cols = forms.CharField(required=False, widget=forms.HiddenInput)
    sort = forms.CharField(required=False, widget=forms.HiddenInput)
