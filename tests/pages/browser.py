"""A real browser that records the hosts that a page asks and the errors that it logs."""

import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from tests.tools import missing, tool

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SIZES = {"desktop": (1366, 768), "desk": (1440, 900), "hall": (1920, 1080), "phone": (390, 844)}


def axe():
    """The script of axe-core, as npm installed it for all."""
    root = subprocess.run([tool("npm"), "root", "--global"], capture_output=True, text=True, check=True).stdout.strip()
    script = Path(root) / "axe-core" / "axe.min.js"
    return script.read_text(encoding="utf-8") if script.exists() else missing("axe-core")


def violations(page, impacts=("minor", "moderate", "serious", "critical")):
    """The violations that axe-core finds, each with the HTML of some elements."""
    # The policy of the pages keeps out scripts from elsewhere, so the tool is evaluated, not loaded.
    page.evaluate(axe())
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found if each["impact"] in impacts]


def serious(page):
    """The violations that axe-core calls serious or critical."""
    return violations(page, ("serious", "critical"))


class Watch:
    """The hosts that a page asked and the errors and warnings that it logged."""

    def __init__(self, page):
        self.hosts = set()
        self.complaints = []
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)

    def _hear(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)
