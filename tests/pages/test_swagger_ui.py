"""Swagger UI works by the steps of KPN's page, for each API with its own authorization."""

import re

import pytest
from playwright.sync_api import expect

from kpn_sandbox.client import Client
from tests.pages.browser import violations
from tests.pages.conftest import SECRET

pytestmark = pytest.mark.slow


def authorize(page, *values, scheme):
    """Fill in one scheme of the dialog; without a secret to send, its only field."""
    page.locator(".swagger-ui .btn.authorize").first.click()
    dialog = page.locator(".auth-container", has=page.get_by_role("heading", name=scheme)).first
    for field, value in zip(dialog.locator("input[type=text], input[type=password]").all(), values, strict=True):
        field.fill(value)
    dialog.locator(".auth-btn-wrapper .authorize").click()
    expect(dialog.get_by_role("button", name="Remove authorization")).to_be_visible()
    dialog.locator(".auth-btn-wrapper .btn-done").click()


def try_out(page, path, method="get", **parameters):
    """Execute an operation, and wait for its answer."""
    block = page.locator(f".opblock-{method}", has=page.locator(f'[data-path="{path}"]')).first
    block.locator(".opblock-summary").click()
    for name, value in parameters.items():
        block.locator(f'tr[data-param-name="{name}"] input').fill(value)
    block.locator(".execute").click()
    expect(block.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    return block.locator(".live-responses-table tbody .response-col_description").first


@pytest.fixture
def docs(open_page):
    """Opens Swagger UI with an API."""

    def docs(name, **options):
        page = open_page(f"/docs?api={name}", "desktop", "light", **options)
        expect(page.locator(".opblock").first).to_be_visible()
        return page

    return docs


def test_kpn(docs):
    """Client id and secret, Authorize, Try it out: agents."""
    page = docs("kpn")
    authorize(page, *SECRET, scheme="oauth2")

    expect(try_out(page, "/agents")).to_contain_text("Logid")


def test_bright_pattern(docs):
    """Bright Pattern has its own token endpoint and its own token."""
    page = docs("bright-pattern")
    authorize(page, *SECRET, scheme="oauth2")

    expect(try_out(page, "/statsapi/cfg/teams")).to_contain_text("name")


def test_itx(docs, server, admin_token):
    """ITX has a fixed token in the URL."""
    made = Client(server.url, admin_token).new_account().settings
    page = docs("itx")
    authorize(page, made["credentials"]["itx"]["token"], scheme="token")

    expect(try_out(page, "/rest/kpi", customerId="1")).to_contain_text("sections")


def test_atobi(docs):
    """Atobi has its own token endpoint, and a record to send."""
    page = docs("atobi")
    authorize(page, *SECRET, scheme="oauth2")

    expect(try_out(page, "/api/external/{api_version}/kpi", "post")).to_be_visible()


def test_the_control_api(docs):
    """The control API takes client id and secret as HTTP Basic, and the account of the page is filled in."""
    page = docs("sandbox")
    authorize(page, *SECRET, scheme="account")

    expect(try_out(page, "/_sandbox/accounts/{id}/clock")).to_contain_text("frozen")


def test_kaisa(docs, expected):
    """HTTP Digest is answered by the page, which asks for client id and secret as for any other API."""
    expected.append("401")
    page = docs("kaisa")
    authorize(page, *SECRET, scheme="digest")

    expect(try_out(page, "/miscellaneous/ping")).to_contain_text("ok")


def test_a_required_choice_has_a_value(docs, expected):
    """The choice that the form shows is sent: Execute does not fail in silence."""
    expected.append("401")
    page = docs("kaisa")
    authorize(page, *SECRET, scheme="digest")
    shown = page.locator(".opblock", has=page.locator('[data-path="/widgets/data"]')).first

    expect(try_out(page, "/widgets/data")).to_contain_text("datasources")
    assert f"type={shown.locator('tr[data-param-name=type] select').input_value()}" in shown.inner_text()


def test_authorize_begins_with_the_client_id(docs):
    """Whoever types at once fills in the field that KPN's page names."""
    page = docs("kpn")
    page.locator(".swagger-ui .btn.authorize").first.click()

    expect(page.locator("[data-name=clientId]")).to_be_focused()


def test_the_token_of_itx_is_filled_in(docs):
    """At this machine the page knows the demo account's token; for others it says where the token is."""
    page = docs("itx")
    page.locator(".swagger-ui .btn.authorize").first.click()
    expect(page.locator(".auth-container input")).to_have_value(re.compile(r"\w{20,}"))
    expect(page.locator(".auth-container")).to_contain_text("requests/itx-token")
    page.locator(".auth-btn-wrapper .authorize").click()
    page.locator(".auth-btn-wrapper .btn-done").click()

    expect(try_out(page, "/rest/kpi", customerId="1")).to_contain_text("sections")


@pytest.mark.parametrize("api", ["kpn", "kaisa"])
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_everybody_can_use_it(open_page, scheme, api, expected):
    """Swagger UI is dark where the other pages are, and axe-core finds nothing: operations open, dialog open."""
    expected.append("401")
    page = open_page(f"/docs?api={api}", "desktop", scheme)
    expect(page.locator(".opblock").first).to_be_visible()
    assert page.evaluate("document.documentElement.classList.contains('dark-mode')") == (scheme == "dark")
    for summary in page.locator(".opblock-summary").all()[:4]:
        summary.click()
    page.locator(".execute").first.click()
    expect(page.locator(".live-responses-table").first).to_be_visible()
    assert violations(page) == []

    page.get_by_role("button", name="Authorize").first.click()
    expect(page.locator(".dialog-ux")).to_be_visible()
    assert violations(page) == []


def test_the_theme_is_switched(docs):
    """The switch of the header counts for Swagger UI, too."""
    page = docs("kpn")
    page.locator("#theme").click()

    expect(page.locator("html")).to_have_class(re.compile("dark-mode"))


def test_each_document_can_be_chosen(docs):
    """The choice of the APIs leads to each one's document."""
    page = docs("kpn")
    names = page.locator("#api option").all_inner_texts()

    for name in names:
        page.locator("#api").select_option(name)
        expect(page.locator(".swagger-ui .info .link").first).to_contain_text(f"openapi/{name}.json")

    assert names == ["kpn", "bright-pattern", "kaisa", "atobi", "itx", "sandbox"]
