"""Swagger UI works step by step as KPN's page tells it."""

from playwright.sync_api import expect


def test_authorize_and_try_out(open_page):
    """Client id and secret, Authorize, Try it out: agents."""
    page = open_page("/docs", "desk", "light")
    page.locator(".swagger-ui .btn.authorize").first.click()
    page.locator(".auth-container input[type=text]").first.fill("APP_CONSUMER_KEY")
    page.locator(".auth-container input[type=password]").first.fill("APP_CONSUMER_SECRET")
    page.locator(".auth-btn-wrapper .authorize").first.click()
    expect(page.locator(".auth-btn-wrapper button", has_text="Logout").first).to_be_visible()
    page.locator(".auth-btn-wrapper .btn-done").first.click()

    page.locator(".opblock-summary-path", has_text="/agents").first.click()
    page.locator(".opblock .execute").first.click()

    expect(page.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    expect(page.locator(".live-responses-table tbody .response-col_description").first).to_contain_text("Logid")


def test_each_document_can_be_chosen(open_page):
    """The choice of the APIs leads to each one's document."""
    page = open_page("/docs", "desk", "light")
    names = page.locator("#api option").all_inner_texts()

    for name in names:
        page.goto(f"{page.url.split('?')[0]}?api={name}")
        expect(page.locator(".swagger-ui .info .link").first).to_contain_text(f"/openapi/{name}.json")
        expect(page.locator(".opblock").first).to_be_visible()

    assert {"kpn", "sandbox"} <= set(names)
