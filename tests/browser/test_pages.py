"""Every page in a real browser: accessible by axe's rules in light and dark, whole on a phone, usable by keyboard."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Tenant, User
from accounts.tenancy import tenant_context
from crm.companies.mutations import create_company
from crm.contacts.mutations import assign_contact, create_contact
from crm.deals.mutations import create_deal
from crm.mail.tokens import unsubscribe_token
from crm.tasks.mutations import create_task
from realtime.functions import Context
from realtime.functions.call import call
from tests.browser.windows import SOON, log_in
from tests.cast import Cast, Person

#: axe-core 4.14.1 from npm, MPL-2.0, unchanged.
AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
#: Of what it would load before it begins, no rule of these needs the stylesheets.
QUICK = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], **QUICK}
PAGES = [
    "/", "/gallery/", "/contacts/", "/contacts/new/", "/contacts/{contact}/", "/companies/",
    "/companies/{company}/", "/deals/", "/deals/?view=table",
    "/deals/{deal}/", "/settings/pipelines/", "/tasks/", "/notifications/", "/search/?q=ada", "/settings/profile/",
    "/settings/security/", "/settings/workspace/", "/settings/team/", "/settings/team/invite/", "/settings/roles/",
    "/settings/roles/4/", "/settings/api-keys/", "/settings/api-keys/new/", "/settings/audit/", "/nowhere/",
    "/settings/goals/", "/settings/goals/new/", "/settings/fields/", "/settings/fields/contact/new/",
    "/tasks/?view=all", "/contacts/pool/", "/settings/contacts/", "/settings/tags/", "/settings/forms/",
    "/settings/forms/{form}/", "/settings/forms/{form}/intake/", "/settings/billing/", "/automations/",
    "/automations/{automation}/", "/settings/runs/", "/settings/bin/", "/reports/pipeline/", "/reports/activity/",
    "/mail/", "/mail/{thread}/", "/settings/templates/", "/settings/templates/new/", "/settings/mailbox/",
    "/settings/mailbox/new/", "/settings/suppressions/", "/contacts/{contact}/email/", "/sequences/",
    "/sequences/{sequence}/", "/sequences/{sequence}/enroll/", "/enrollments/{enrollment}/",
    "/forms/{token}/", "/mail/unsubscribe/{unsubscribe}", "/operator/live/?pause=1", "/operator/runs/",
]  # fmt: skip
#: Steps of the automation.
STEPS = ({"kind": "enroll"}, {"kind": "unenroll"}, {"kind": "claim_pool"})
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.fixture(scope="module")
def ids(committed_db: str, cast: Cast) -> dict[str, Any]:
    """One record of each kind, Olivia's, a form, an automation, a sequence at work and an email. Olivia is staff."""
    ctx = cast.olivia.context()
    with tenant_context(ctx.schema):
        company = call(create_company, ctx, {"name": "Hollis & Vane Partners", "domain": "hollis.example"})
        given = {"first_name": "Ada", "last_name": "Lovelace", "company_id": company["id"]}
        contact = call(create_contact, ctx, {**given, "email": "ada@hollis.example"})
        linked = {"contact_id": contact["id"]}
        deal = call(create_deal, ctx, {"title": "Loft on Oak Street", "amount": "480000", **linked})
        call(create_task, ctx, {"title": "Call back", "due_at": "2026-01-05T09:00:00Z", **linked})
        form = call("forms.create_form", ctx, {"name": "Enquiry"})
        trigger = {"kind": "form_sent", "form_id": form["id"]}
        automation = call("automations.create_automation", ctx, {"name": "Greet", "trigger": trigger})
        made = {"form": form["id"], "token": form["token"], "automation": automation["id"]}
        made |= _mailing(ctx, contact["id"], automation["id"])
    User.objects.filter(pk=cast.olivia.user_id).update(is_staff=True)
    return {"contact": contact["id"], "company": company["id"], "deal": deal["id"], **made}


def _mailing(ctx: Context, contact: int, automation: int) -> dict[str, Any]:
    """A mailbox, a template, an email to the contact, an address that wants none, and a sequence with the contact."""
    call(
        "mail.create_mailbox", ctx, {"address": "o@acme.test", "host": "imap.acme.test", "password": "secret"}
    )
    call("mail.create_suppression", ctx, {"email": "no@hollis.example"})
    written = {"subject": "Hello", "body": "Hello {{ contact.first_name }}"}
    template = call("mail.create_template", ctx, {"name": "Hello", "shared": True, **written})
    sent = call("mail.send_message", ctx, {"contact_id": contact, **written})
    of_it = {"sequence_id": call("sequences.create_sequence", ctx, {"name": "Welcome"})["id"]}
    for step in ({"kind": "wait", "days": 1}, {"kind": "email", "template_id": template["id"]}):
        call("sequences.add_step", ctx, {**of_it, "step": step})
    call("sequences.publish_sequence", ctx, of_it)
    enrollment = call("sequences.enroll_contact", ctx, {**of_it, "contact_id": contact})
    for number, step in enumerate(STEPS):
        whole = {"id": f"s{number}", **step, **({} if step["kind"] == "claim_pool" else of_it)}
        call("automations.add_step", ctx, {"automation_id": automation, "step": whole})
    token = unsubscribe_token(ctx.schema, sent["id"], "ada@hollis.example")
    found = {"thread": sent["thread_id"], "sequence": of_it["sequence_id"], "enrollment": enrollment["id"]}
    return {**found, "unsubscribe": token}


def complaints(page: Page, rules: Any = RULES) -> list[str]:
    """What axe finds wrong, a line each; it is brought to the page if it is not there."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, rules)", rules)
    return [
        f"{page.url} {each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


#: What differs between the themes.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, **QUICK}
#: A colour on its way to another is neither.
AT_ONCE = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, ::before, ::after { transition: none !important; animation: none !important; }");
    document.adoptedStyleSheets.push(sheet);
}"""
DESKTOP_SIZE, PHONE_SIZE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
#: Pages that are there without a socket: nobody is logged in, or nothing is.
STILL = ("/nowhere/", "/forms/", "/mail/unsubscribe/", "/operator/")
#: Ours, and that of the library that the operator site is made with.
THEME = """theme => {
    document.documentElement.dataset.theme = theme;
    document.documentElement.classList.toggle("dark", theme === "dark");
}"""


@pytest.mark.browser
def test_every_page(open_window: Callable[..., Page], cast: Cast, ids: dict[str, Any]) -> None:
    """Each page is opened once and looked at in two widths and both themes: axe finds nothing, nothing is wider than
    the screen, the console has no error, and what is live is up."""
    wrong: list[str] = []
    page = _watched(open_window, cast.olivia, wrong)
    for path in PAGES:
        wrong += _look_at(page, path.format(**ids))
    assert not wrong, "\n".join(wrong)


@pytest.mark.browser
def test_brand_colour(open_window: Callable[..., Page], cast: Cast, ids: dict[str, Any]) -> None:
    """The same holds for a workspace with a colour of its own, here one that white does not stand out from."""
    Tenant.objects.filter(schema_name=cast.charlie.schema).update(brand_color="#FACC15")
    wrong: list[str] = []
    page = _watched(open_window, cast.charlie, wrong)
    for path in ("/contacts/", "/settings/workspace/"):
        wrong += _look_at(page, path)
        expect(page.locator("link[href='/brand/facc15.css']")).to_be_attached()
    assert not wrong, "\n".join(wrong)


def _watched(open_window: Callable[..., Page], person: Person, wrong: list[str]) -> Page:
    """The person's window; errors of its console are added to ``wrong``."""
    page = log_in(open_window, person, "/").page
    page.emulate_media(reduced_motion="reduce")
    page.on("console", lambda said: _note(wrong, page, said.type, said.text))
    return page


def _look_at(page: Page, path: str) -> list[str]:
    """Open the page and tell what is wrong with it: by all of axe's rules in each width, by contrast in the dark."""
    page.set_viewport_size(DESKTOP_SIZE)  # type: ignore[arg-type]  # a dict for a typed dict
    page.goto(path)
    if not path.startswith(STILL):
        expect(page.locator("html[data-connection=live]")).to_be_attached(timeout=SOON)
    page.evaluate(AT_ONCE)
    wrong: list[str] = []
    for size in (DESKTOP_SIZE, PHONE_SIZE):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # a dict for a typed dict
        for theme, rules in (("light", RULES), ("dark", COLOURS)):
            page.evaluate(THEME, theme)
            wrong += [f"{size['width']} {theme} {each}" for each in complaints(page, rules)]
        if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
            wrong.append(f"{page.url} is wider than {size['width']}")
    return wrong


def _note(wrong: list[str], page: Page, kind: str, text: str) -> None:
    """Remember an error of the console; that an address leads nowhere is what one of the pages is for."""
    if kind == "error" and not page.url.endswith("/nowhere/"):
        wrong.append(f"{page.url} console: {text}")


@pytest.mark.browser
def test_phone(open_window: Callable[..., Page], cast: Cast, ids: dict[str, Any]) -> None:
    """The rest of the navigation is one press away, and so are a record's facts from its timeline."""

    def open_phone(path: str = "/") -> Page:
        return open_window(path, **PHONE)

    page = log_in(open_phone, cast.olivia, "/").page
    page.goto("/contacts/")
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="Companies").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Companies")
    page.goto(f"/contacts/{ids['contact']}/")
    expect(page.get_by_label("Job title")).to_be_hidden()
    page.get_by_role("radio", name="Details").check(force=True)
    expect(page.get_by_label("Job title")).to_be_visible()


@pytest.mark.browser
def test_keyboard(open_window: Callable[..., Page], cast: Cast, ids: dict[str, int]) -> None:
    """A contact is made, found, opened and changed without a pointer."""
    window = log_in(open_window, cast.olivia, "/")
    page = window.page
    page.keyboard.type("gc")
    page.wait_for_url("**/contacts/")
    window.expect_live()
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="New contact")
    expect(dialog.get_by_label("First name")).to_be_focused(timeout=SOON)
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("Give a name, an email address")).to_be_visible(timeout=SOON)
    page.keyboard.type("Grace")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Grace", exact=True)).to_be_visible(timeout=SOON)
    expect(dialog).to_be_hidden()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Grace", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Grace", timeout=SOON)
    window.expect_live()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("lovelace\n")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Lovelace", timeout=SOON)


@pytest.mark.browser
def test_inline_edit(open_window: Callable[..., Page], cast: Cast, ids: dict[str, int]) -> None:
    """A field is saved by Enter and reaches another window; a refused value stays with its error; Escape undoes."""
    path = f"/contacts/{ids['contact']}/"
    mine, other = (log_in(open_window, cast.olivia, path) for _ in range(2))
    title = mine.page.get_by_label("Job title")
    title.fill("Analyst")
    title.press("Enter")
    expect(other.page.get_by_label("Job title")).to_have_value("Analyst", timeout=SOON)
    other.expect_not_reloaded()
    email = mine.page.locator("#contact_email")
    email.fill("nonsense")
    email.press("Enter")
    expect(mine.page.get_by_text("Enter a valid email address.")).to_be_visible(timeout=SOON)
    email.press("Escape")
    expect(email).to_have_value("ada@hollis.example")


@pytest.mark.browser
def test_lookup(open_window: Callable[..., Page], cast: Cast, ids: dict[str, int]) -> None:
    """A select among many records is searched by typing."""
    page = log_in(open_window, cast.olivia, "/deals/new/").page
    select = page.locator("select[name=contact_id]")
    select.focus()
    page.keyboard.type("love")
    option = page.get_by_role("option", name="Ada Lovelace")
    expect(option.last).to_be_visible(timeout=SOON)
    page.keyboard.press("Enter")
    expect(select).to_have_value(str(ids["contact"]))


@pytest.mark.browser
def test_confirmation(open_window: Callable[..., Page], cast: Cast, ids: dict[str, int]) -> None:
    """What cannot be taken back lightly asks first; no is no."""
    window = log_in(open_window, cast.olivia, f"/deals/{ids['deal']}/")
    for answer, heading in (("Cancel", "Loft on Oak Street"), ("Move to the bin", "Deals")):
        window.page.get_by_role("button", name="More").click()
        window.page.locator("#deal-menu").get_by_role("button").click()
        window.page.get_by_role("dialog").get_by_role("button", name=answer).click()
        expect(window.page.get_by_role("heading", level=1)).to_have_text(heading, timeout=SOON)
    expect(window.page.get_by_text("Deal moved to the bin.")).to_be_visible()


@pytest.mark.browser
def test_record_that_leaves_sight(open_window: Callable[..., Page], cast: Cast, ids: dict[str, int]) -> None:
    """An agent's open page of a contact that was given to somebody else says so, once, and shows nothing of it."""
    ctx = cast.alice.context()
    with tenant_context(ctx.schema):
        mine = call(create_contact, ctx, {"first_name": "Grace", "last_name": "Hopper"})
    window = log_in(open_window, cast.alice, f"/contacts/{mine['id']}/")
    with tenant_context(ctx.schema):
        args = {"contact_id": mine["id"], "owner_id": cast.bob.member_id}
        call(assign_contact, cast.olivia.context(), args)
    expect(window.page.get_by_text("no longer yours to see")).to_be_visible(timeout=SOON)
    expect(window.page.get_by_label("Job title")).to_have_count(0)
    assert "Grace" not in window.page.locator("main").inner_text()
    window.expect_not_reloaded()
