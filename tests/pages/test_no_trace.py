"""Nothing that a page shows is changed by showing it."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.slow

PAGES = (
    "/",
    "/wallboard",
    "/wallboard?scenario=peak&at=11:00",
    "/history",
    "/panel",
    "/docs",
    "/console",
    "/requests",
    "/compare",
    "/manual",
)
SECONDS = 6


def test_open_pages_leave_no_trace(open_page, account, server):
    """With all pages open for some time faults, quota, reads of pins, request log, conduct and snapshot stay."""
    account.quota(60)
    account.fail("any", *[503] * 5)
    account.pin("queues", 1000, InQueueCalls="7", reads=3)
    account.pin("agents", 40001, Status="AUX", Reason="1", reads=2)

    def state():
        return account.snapshot(), account.faults(), account.pins(), account.requests(), account.conduct()

    before = state()
    pages = [open_page(path) for path in PAGES]
    for page in pages:
        if page.url.endswith("/console"):
            expect(page.locator("#banner")).to_contain_text("503")
            page.get_by_role("button", name="All values…").click()
    pages[0].wait_for_timeout(SECONDS * 1000)

    assert state() == before
