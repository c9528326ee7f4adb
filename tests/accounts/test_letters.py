"""What every email of the product looks like around its text."""

from django.utils import timezone

from accounts.jobs import compose
from accounts.models import OutgoingEmail


def test_the_html_is_a_page_of_its_own_for_small_screens_and_dark_ones() -> None:
    email = OutgoingEmail(pk=7, recipient="ada@example.org", subject="Hello", text="Hello", html="<p>Ada &amp; Eve</p>",
                          created_at=timezone.now())  # fmt: skip
    [(content, kind)] = compose(email).alternatives
    html = str(content)
    assert kind == "text/html"
    assert html.startswith("<!doctype html>")
    assert html.count("<p>Ada &amp; Eve</p>") == 1
    assert 'name="viewport"' in html
    assert 'name="color-scheme" content="light dark"' in html
