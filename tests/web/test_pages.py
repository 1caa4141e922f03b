"""The pages without a browser: nothing from elsewhere, nothing inline, and secrets at this machine only."""

import re

import pytest

PAGES = (
    "/",
    "/requests",
    "/docs",
    "/history",
    "/panel",
    "/wallboard",
    "/console",
    "/manual",
    "/manual/getting-started",
)
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.shared
@pytest.mark.parametrize("path", PAGES)
def test_a_page_allows_only_what_this_server_brings(client, path):
    """The Content-Security-Policy of a page allows nothing unsafe and names no other host."""
    policy = client.get(path, headers=HTML).headers["Content-Security-Policy"]

    allowed = dict(part.split(" ", 1) for part in policy.split("; "))
    assert allowed.pop("img-src") == "'self' data:"
    assert set(allowed.values()) == {"'none'", "'self'"}
    assert allowed["default-src"] == "'none'"


@pytest.mark.shared
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_nothing_inline(client, path):
    """No script, style or event handler is written into a page itself."""
    text = client.get(path, headers=HTML).text

    assert re.findall(r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=", text) == []


@pytest.mark.shared
@pytest.mark.parametrize("path", PAGES)
def test_everything_a_page_names_is_there(client, path):
    """All files that a page names come from this server, with a type that no browser needs to guess."""
    names = re.findall(r'(?:src|href)="(?:\.\./)?((?:docs/)?assets/[^"]+)"', client.get(path, headers=HTML).text)

    answers = [client.get(f"/{name}") for name in names]

    assert names and {answer.status_code for answer in answers} == {200}
    assert {answer.headers["X-Content-Type-Options"] for answer in answers} == {"nosniff"}


def test_modules_of_scripts_are_there(client):
    """Every module that a script imports is served, with the type of a script."""
    known, found = (
        set(),
        {"wallboard.js", "history.js", "panel.js", "console.js", "start.js", "requests.js", "compare.js"},
    )

    while found - known:
        name = (found - known).pop()
        known.add(name)
        found |= set(re.findall(r'from "\./([^"]+)"', client.get(f"/assets/{name}").text))

    assert {name: client.get(f"/assets/{name}").content_type for name in known} == dict.fromkeys(
        known, "text/javascript; charset=utf-8"
    )


def test_an_unchanged_file_is_not_sent_again(client):
    """A request with the ETag of the current file is answered with 304."""
    tag = client.get("/assets/base.css").headers["ETag"]

    assert client.get("/assets/base.css", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.shared
@pytest.mark.parametrize("path", ["/assets/../routes.py", "/assets/nope.css", "/docs/assets/index.css", "/assets/x"])
def test_other_files_are_not_served(client, path):
    """No file but those of the pages is served, whatever the path."""
    assert client.get(path).status_code == 404


def test_machines_get_json(client):
    """The start page is JSON for every client that does not accept HTML by name."""
    document = client.get("/").json

    assert document["pages"]["wallboard"] == "http://localhost/wallboard"
    assert client.get("/", headers={"Accept": "application/json"}).json == document
    assert client.get("/").headers["Vary"] == "Accept"


def test_the_demo_account_is_shown_here(client):
    """At this machine the start page and the console show the demo account that the terminal shows."""
    assert client.get("/").json["demo_account"] == {
        "client_id": "APP_CONSUMER_KEY",
        "client_secret": "APP_CONSUMER_SECRET",
    }
    assert "APP_CONSUMER_SECRET" in client.get("/console", headers=HTML).text


@pytest.mark.parametrize("path", PAGES)
def test_a_secret_that_somebody_chose_is_shown_nowhere(start, path):
    """Only the documented secret is shown, and that at this machine."""
    client = start(agents=2, client_secret="chosen-by-me").test_client()

    assert "chosen-by-me" not in client.get(path, headers=HTML).text
    assert client.get("/").json["demo_account"] is None


@pytest.mark.shared
@pytest.mark.parametrize("path", [path for path in PAGES if not path.startswith("/manual")])
@pytest.mark.parametrize(
    "request_options",
    [
        {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}},
        {"headers": {**HTML, "X-Forwarded-For": "192.0.2.7"}},
        {"headers": {**HTML, "Host": "evil.example"}},
    ],
)
def test_the_demo_account_is_shown_to_nobody_else(client, path, request_options):
    """From elsewhere, through a proxy or under another host name no page contains the secret."""
    text = client.get(path, **{"headers": HTML, **request_options}).text

    assert "APP_CONSUMER_SECRET" not in text
