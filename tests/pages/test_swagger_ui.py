"""Swagger UI works by the steps of KPN's page, for each API with its own authorization."""

import pytest
from playwright.sync_api import expect

from kpn_sandbox.client import Client
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


def try_out(page, path, **parameters):
    """Execute the first operation of a path, and wait for its answer."""
    block = page.locator(".opblock", has=page.locator(f'[data-path="{path}"]')).first
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

    expect(try_out(page, "/api/external/{api_version}/kpi")).to_be_visible()


def test_the_control_api(docs):
    """The control API takes client id and secret as HTTP Basic."""
    page = docs("sandbox")
    authorize(page, *SECRET, scheme="account")

    expect(try_out(page, "/_sandbox/accounts/{id}/clock", id=SECRET[0])).to_contain_text("frozen")


def test_kaisa(docs):
    """HTTP Digest is the browser's own matter: it asks for client id and secret when the API does."""
    page = docs("kaisa", http_credentials={"username": SECRET[0], "password": SECRET[1]})

    expect(try_out(page, "/miscellaneous/ping")).to_contain_text("ok")


def test_each_document_can_be_chosen(docs):
    """The choice of the APIs leads to each one's document."""
    page = docs("kpn")
    names = page.locator("#api option").all_inner_texts()

    for name in names:
        page.locator("#api").select_option(name)
        expect(page.locator(".swagger-ui .info .link").first).to_contain_text(f"openapi/{name}.json")

    assert names == ["kpn", "bright-pattern", "kaisa", "atobi", "itx", "sandbox"]
