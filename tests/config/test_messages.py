"""Which texts are messages, and that catalogs become what gettext reads."""

import gettext
import os
from pathlib import Path

from config.messages import compiled
from scripts.sources import Message, python_messages, template_messages

PYTHON = '''
from django.utils.translation import gettext as _, ngettext, pgettext
CONFLICTS = {"x": ("name", "This name is taken.")}
SETTINGS = "Nobody is told this."
class Gone(Exception):
    code, status, title = "gone", 410, "It is gone"
def f(n):
    """Not a message."""
    _("Home")
    ngettext("%d row", "%d rows", n)
    pgettext("role", "Owner")
    raise NotFound("There is no such thing.")
    raise invalid("name", "Write a name.", "missing")
'''
TEMPLATE = """{% translate "Save" %}{% translate 'Open' context "verb" %}{{ name|default:_("Nobody") }}
{% blocktranslate with name=x %}Hello, {{ name }} (100%){% endblocktranslate %}
{% blocktranslate count n=n %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}"""
CATALOG = """msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Home"
msgstr "%s"
"""


def test_messages_of_python() -> None:
    found = set(python_messages(PYTHON))
    texts = {"Home", "This name is taken.", "It is gone", "There is no such thing.", "Write a name."}
    assert found == {Message(text) for text in texts} | {
        Message("%d row", "%d rows"),
        Message("Owner", context="role"),
    }


def test_messages_of_a_template() -> None:
    assert list(template_messages(TEMPLATE)) == [
        Message("Save"),
        Message("Open", context="verb"),
        Message("Nobody"),
        Message("Hello, %(name)s (100%%)"),
        Message("%(n)s day", "%(n)s days"),
    ]


def test_catalogs_are_compiled_when_they_change(tmp_path: Path) -> None:
    source, target = tmp_path / "locale", tmp_path / "made"
    catalog = source / "de" / "LC_MESSAGES" / "django.po"
    catalog.parent.mkdir(parents=True)
    for number, word in enumerate(("Start", "Anfang")):
        catalog.write_text(CATALOG % word)
        os.utime(catalog, (number, number))
        made = compiled(source, target) / "de" / "LC_MESSAGES" / "django.mo"
        with made.open("rb") as binary:
            assert gettext.GNUTranslations(binary).gettext("Home") == word
    unchanged = made.stat().st_ino
    compiled(source, target)
    assert made.stat().st_ino == unchanged
