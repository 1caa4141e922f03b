"""Parts that the commands share: help, near misses, URLs."""

import os
import re
import subprocess
import sys

import pytest

from kpn_sandbox.cli.connection import url_of
from kpn_sandbox.literals import SCENARIO_NAMES


def sections(text):
    """The headings of a help text, in their order."""
    return [line.rstrip(":") for line in text.splitlines() if line.endswith(":") and not line.startswith(" ")]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("scenario",), ["Options", "Output options", "Connection options"]),
        (("clock",), ["Commands", "Options", "Output options", "Connection options"]),
        (("token",), ["Options", "Connection options"]),
        (("diff",), ["Options", "Output options", "Connection options"]),
        (("serve",), ["Options"]),
    ],
)
def test_connection_options_have_a_section_of_their_own(run, words, expected):
    """A command's help shows its own options first."""
    code, out, _ = run(*words, "--help")

    assert (code, sections(out)) == (0, expected)
    # What has no text of its own is an argument, which the usage has.
    assert all(line.startswith(("  -", "   ")) for line in out.partition("Options:")[2].splitlines() if line[:1] == " ")
    if "Connection options" in expected:
        own, _, connection = out.partition("Connection options:")
        assert "--url" in connection and "--url" not in own
        assert "listen" not in connection and "demo account" not in connection


def test_help_has_the_words_that_may_be_given(run):
    """`scenario --help` lists the scenarios, and `clock freeze --help` the forms of an instant."""
    assert all(name in " ".join(run("scenario", "--help")[1].split()) for name in SCENARIO_NAMES)
    assert '"monday 10:00"' in " ".join(run("clock", "freeze", "--help")[1].split())


@pytest.mark.parametrize(
    ("words", "meant"),
    [(("statsu",), "status"), (("clock", "freze"), "freeze"), (("scenario", "--jsn"), "--json"), (("sreve",), "serve")],
)
def test_a_near_miss_is_named(run, words, meant):
    """An unknown command or option is answered with the one that was probably meant."""
    code, _, err = run(*words)

    assert (code, err.count("\n")) == (2, 1)
    # click itself names several options in words that differ by its version.
    assert re.search(r"Did you mean|Possible options", err) and meant in err


@pytest.mark.parametrize(
    ("words", "off"),
    [
        (("serve", "--journal", "off"), "--no-journal"),
        (("serve", "--hsts=false"), "--no-hsts"),
        (("serve", "--port", "0", "--lenient", "ON"), "--no-lenient"),
        (("exec", "--journal", "off", "--", "true"), "--no-journal"),
    ],
)
def test_a_switch_with_a_value_is_refused(run, words, off):
    """A switch has no value, and the refusal names the flag that turns it off."""
    code, _, err = run(*words)

    assert (code, err.count("\n")) == (2, 1)
    assert off in err


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("localhost:8080/", "http://localhost:8080"),
        ("https://box/kpi/", "https://box/kpi"),
    ],
)
def test_a_url_may_lack_its_scheme(text, url):
    """What has no scheme is of HTTP."""
    assert url_of(text) == url


@pytest.mark.parametrize(
    ("shell", "words", "completed"),
    [
        ("bash", "kpn-sandbox clock fr", "freeze"),
        ("zsh", "kpn-sandbox stat", "status"),
        ("bash", "kpn-sandbox pin set q", "queues"),
    ],
)
def test_words_are_completed(shell, words, completed):
    """The shells get the commands and the choices that begin like the last word, and the script that asks for them."""
    program = [sys.executable, "-m", "kpn_sandbox"]
    asked = {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" ")), "_KPN_SANDBOX_COMPLETE": f"{shell}_complete"}

    ran = subprocess.run(program, env={**os.environ, **asked}, capture_output=True, text=True)
    script = subprocess.run(
        program, env={**os.environ, "_KPN_SANDBOX_COMPLETE": f"{shell}_source"}, capture_output=True, text=True
    )

    assert completed in ran.stdout.replace(",", "\n").splitlines() and ran.stderr == ""
    assert "kpn-sandbox" in script.stdout and f"{shell}_complete" in script.stdout
