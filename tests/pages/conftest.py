"""Pages in a real browser, from a real server."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from kpn_sandbox.client import Client
from tests.end_to_end.conftest import Sandbox
from tests.pages.browser import FLAGS, SIZES, Watch
from tests.tools import tool

AT = "2026-11-24T10:20:00+01:00"
SECRET = ("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """One sandbox for all tests of pages, on a weekday morning that stands still."""
    database = f"sqlite:///{tmp_path_factory.mktemp('pages') / 'sandbox.db'}"
    running = Sandbox(database, "--clock", AT, "--agents", "60")
    yield running
    running.stop()
    running.process.stdout.close()
    running.process.stderr.close()


@pytest.fixture(scope="session")
def browser():
    """The system's Chromium without a window."""
    path = tool("chromium", "chromium-browser")
    with sync_playwright() as started:
        running = started.chromium.launch(executable_path=path, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture
def expected():
    """Complaints of the browser that a test causes on purpose; it adds to them."""
    return []


@pytest.fixture
def open_page(browser, server, expected, account):
    """Open a page; afterwards nothing may have left the server and the browser may not have complained."""
    # The account is asked for so that it outlives the pages: its reset takes their tokens away.
    opened = []

    def open_page(path, size="desktop", scheme="dark", **options):
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **options)
        page = context.new_page()
        opened.append((context, Watch(page)))
        page.goto(server.url + path)
        return page

    yield open_page
    for context, watch in opened:
        context.close()
        assert watch.hosts <= {urlsplit(server.url).netloc}
        assert [text for text in watch.complaints if not any(each in text for each in expected)] == []


@pytest.fixture
def admin_token(server):
    """The administrator's token, as the start prints it."""
    return server.admin_token


@pytest.fixture(scope="session")
def beginning(server):
    """The demo account as the server made it."""
    return Client(server.url).account(*SECRET).snapshot()


@pytest.fixture
def account(server, beginning):
    """The control API of the demo account, which is as in the beginning afterwards."""
    account = Client(server.url).account(*SECRET)
    yield account
    # A test may have restored another snapshot, and a reset would go back to that one.
    account.restore(beginning)
    account.reset()


@pytest.fixture
def objects(server):
    """The agents, queues or trunks of the public API."""
    client = Client(server.url)

    def objects(kind):
        return client.ask("GET", f"/{kind}", f"Bearer {client.token(*SECRET)}")["DataSet"][kind]

    return objects
