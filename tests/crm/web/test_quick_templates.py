"""The short ways of templates give what Django's long ways give."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.template import Context, Engine, Template, TemplateSyntaxError
from django.template.base import Template as BareTemplate
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.safestring import SafeString

from crm.web.forms.rendering import Renderer
from crm.web.templatetags.addresses import address


def rendered(text: str, **values: object) -> str:
    return Template(text).render(Context(values))


@pytest.mark.parametrize(
    ("name", "args"),
    [("contacts", ()), ("contact", (7,)), ("contact", (907,)), ("deal", (1,)), ("task_snooze", (5,))],
)
def test_addresses_are_those_of_reverse(name: str, args: tuple[int, ...]) -> None:
    assert address(name, *args) == reverse(name, args=args)
    marks = " ".join(f"a{n}" for n in range(len(args)))
    values = {f"a{n}": arg for n, arg in enumerate(args)}
    assert rendered(f"{{% url '{name}' {marks} %}}", **values) == reverse(name, args=args)
    assert (
        rendered(f"{{% url '{name}' {marks} as x %}}[{{{{ x }}}}]", **values)
        == f"[{reverse(name, args=args)}]"
    )


def test_an_address_of_nothing_is_refused() -> None:
    for args in ((-1,), ("x y",), ()):
        with pytest.raises(NoReverseMatch):
            address("contact", *args)
    with pytest.raises(NoReverseMatch):
        rendered("{% url 'nowhere' %}")
    assert rendered("{% url 'nowhere' as x %}[{{ x }}]") == "[]"


def test_constants_follow_the_language() -> None:
    template = Template("{% load i18n %}{% translate 'Yes' %}|{% trans 'No' %}|{% translate 'a < b' %}")
    for language in ("en", "de", "fr", "en"):
        with translation.override(language):
            expected = f"{translation.gettext('Yes')}|{translation.gettext('No')}|a < b"
            assert template.render(Context()) == expected
    assert rendered("{% load i18n %}{% translate word %}", word="<b>") == "&lt;b&gt;"
    assert rendered("{% load i18n %}{% translate 'Yes' as x %}{{ x }}") == "Yes"


class Every(forms.Form):
    text = forms.CharField(max_length=9, help_text="h", initial='a "quoted" <b>', label="<Label>")
    number = forms.IntegerField(min_value=1, initial=12_345)
    money = forms.DecimalField(initial=Decimal("1.50"))
    day = forms.DateField(initial=datetime(2026, 1, 2, tzinfo=UTC).date())
    email = forms.EmailField(required=False)
    secret = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "data-x": True, "b": False})
    )
    area = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), initial="</textarea><script>")
    hidden = forms.CharField(widget=forms.HiddenInput(), initial="x")
    one = forms.ChoiceField(choices=[("", "–"), ("a<", "A & B"), (3, "Three")], initial="a<")
    groups = forms.ChoiceField(choices=[("G<", [("x", "X"), ("y", "Y")]), ("z", "Z")], initial="y")
    many = forms.MultipleChoiceField(choices=[("1", "One"), ("2", "Two")], initial=["2"])
    ticked = forms.BooleanField(initial=True)
    round = forms.ChoiceField(widget=forms.RadioSelect, choices=[("1", "One")])


@pytest.mark.parametrize("name", list(Every.base_fields))
@pytest.mark.parametrize(
    "data", [None, {"text": "<i>", "one": "3", "many": ["1"], "area": "", "number": "x"}]
)
def test_controls_are_those_of_django(name: str, data: dict[str, str] | None) -> None:
    ours, django = (Every(data, renderer=kind())[name].as_widget() for kind in (Renderer, DjangoTemplates))
    assert "".join(ours.split()) == "".join(django.split())
    assert isinstance(ours, SafeString)


ROW = "{% remember row %}[{{ row.name }} {{ row.sum }} {{ other }} {% now 'u' %}]{% endremember %}"


def test_a_row_is_rendered_again_only_when_it_changed() -> None:
    template = Template(ROW)
    row = {"name": "<Ada>", "sum": Decimal("1.5"), "at": datetime(2026, 1, 2, tzinfo=UTC), "tags": {"b", "a"}}
    first = template.render(Context({"row": row, "other": "unseen"}))
    assert first.startswith("[&lt;Ada&gt; 1.5  ")
    assert template.render(Context({"row": dict(row), "other": "else"})) == first
    assert template.render(Context({"row": row | {"name": "Bob"}})).startswith("[Bob")
    assert Template(ROW).render(Context({"row": row})) != first  # another place


def test_rows_follow_the_language() -> None:
    template = Template("{% load i18n %}{% remember row %}{{ row.n }} {% translate 'Yes' %}{% endremember %}")
    seen = {}
    for language in ("en", "fr", "en"):
        with translation.override(language):
            seen[language] = template.render(Context({"row": {"n": 1}}))
    assert seen == {"en": "1 Yes", "fr": "1 Oui"}


def test_what_can_not_be_compared_is_rendered_each_time() -> None:
    template = Template("{% remember row %}{{ row }} {% now 'u' %}{% endremember %}")
    assert template.render(Context({"row": object})) != template.render(Context({"row": object}))


@pytest.mark.parametrize("names", ["", "row.name", "'x'"])
def test_a_block_names_its_variables(names: str) -> None:
    engine = Engine.get_default()
    with pytest.raises(TemplateSyntaxError, match="Name the variables"):
        BareTemplate(f"{{% remember {names} %}}{{% endremember %}}", engine=engine)


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    from crm.web.templatetags import remember

    monkeypatch.setattr(remember, "KEPT", 10)
    template = Template("{% remember row %}{{ row }}{% endremember %}")
    for number in range(100):
        assert template.render(Context({"row": number})) == str(number)
    assert len(remember._young) + len(remember._old) <= 20 + remember.KEPT
