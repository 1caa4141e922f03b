"""
Checks of an API's behaviors, the run of them, and the requests that they send.

A check is a function that sends requests and raises `Differs` when the server does something else. What cannot be tried
without changing something is listed with the reason, so a report names every operation and behavior of the API.
Requests are sent one after the other, slowly, and to one server only.

Source:
    RFC 7616 for HTTP Digest.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from secrets import token_hex
from typing import NamedTuple
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import parse_http_list, parse_keqv_list

from kpn_sandbox.client import Response
from kpn_sandbox.client.external import ExternalError, NoResponse, check_url, request_external
from kpn_sandbox.gateway.api import Behavior, VendorApi
from kpn_sandbox.gateway.operations import Operation
from kpn_sandbox.gateway.responses import FORM
from kpn_sandbox.safe_text import REDACTED, redacted_value

HOLDS, DIFFERS, NOT_TRIED = "holds", "differs", "not tried"

_LONGEST = 160
# Characters of a text of the server that are looked at for secrets.
_MOST_READ = 2000
# No account of a sandbox has a space in its id, so one that takes any credentials does not make an account of these.
NOBODY = {"client_id": "kpn-sandbox conformance", "client_secret": "unknown"}
"""Credentials of a client that does not exist."""
GRANT = {"grant_type": "client_credentials"}
CHANGES, OWN = "it would change something", "it is the sandbox's own"
INSIDE = "it cannot be told from answers alone"
"""Reasons why a behavior is not tried."""
Headers = Mapping[str, str]
Form = Mapping[str, str] | Sequence[tuple[str, str]]

# Statuses that say nothing of the behavior that is checked.
_BUSY = {429: "it limits the rate of requests", 502: "bad gateway", 503: "it is unavailable", 504: "gateway timeout"}


class Differs(Exception):
    """The server does something else; the message says what."""


class NotTried(Exception):
    """A check cannot be made; the message says why."""


class ServerUnreachable(Exception):
    """The server has not answered a single request; the message says why."""


class Requester:
    """
    Sends requests to a server and remembers which secrets must not be shown.

    Args:
        url: Base URL.
        client_id, client_secret: Credentials.
        rate, seconds: Requests per second at most, and how long to wait for each whole response.
        pause, now: Waits for some seconds, and returns the seconds of a clock that never goes back.
        base_path: Path of KPN's resources below the URL; None if it is to be found.
        customer_id: Identifier of a customer whom ITX's provider knows.
        send: Sends a request and returns the response, as `request_external` does.

    Raises:
        ValueError: The URL is none of HTTP.
    """

    def __init__(
        self,
        url: str,
        client_id: str,
        client_secret: str,
        *,
        rate: float,
        seconds: float,
        pause: Callable[[float], object],
        now: Callable[[], float],
        base_path: str | None = None,
        customer_id: str = "",
        send: Callable[..., Response] = request_external,
    ) -> None:
        check_url(url)
        self.url = url.rstrip("/")
        self.client_id, self.client_secret = client_id, client_secret
        self.base_path, self.customer_id = base_path, customer_id
        self.has_answered = False
        self._interval, self._seconds, self._pause, self._now = 1 / rate, seconds, pause, now
        self._next = 0.0
        self._send_external = send
        self._answers: dict[str, Response] = {}
        self._secrets: dict[str, re.Pattern[str]] = {}
        for secret in (client_secret, _base64(client_secret), _base64(f"{client_id}:{client_secret}")):
            self.hide(secret)

    @property
    def credentials(self) -> dict[str, str]:
        """Fields of a form with the credentials."""
        return {"client_id": self.client_id, "client_secret": self.client_secret}

    @property
    def basic(self) -> dict[str, str]:
        """Header with the credentials."""
        return {"Authorization": f"Basic {_base64(f'{self.client_id}:{self.client_secret}')}"}

    def get(self, path: str, headers: Headers | None = None, *, method: str = "GET") -> Response:
        """
        Return the response to a GET.

        Args:
            path: Path below the base URL, with its query.
            headers, method: Headers of the request, and HEAD in place of GET.
        """
        return self._send(method, path, dict(headers or {}), None)

    def post(self, path: str, form: Form | bytes, headers: Headers | None = None) -> Response:
        """
        Return the response to a form that is posted.

        Args:
            path: Path below the base URL, with its query.
            form: The form, or a body of another content type.
            headers: Headers of the request.
        """
        body = form if isinstance(form, bytes) else urlencode(form).encode()
        return self._send("POST", path, {"Content-Type": FORM, **(headers or {})}, body)

    def once(self, key: str, send: Callable[[], Response]) -> Response:
        """
        Return a response that several checks look at, requested by the first of them.

        Args:
            key, send: Name of the response, and what requests it.
        """
        if key not in self._answers:
            self._answers[key] = send()
        return self._answers[key]

    def hide(self, secret: str) -> None:
        """Never show a secret from now on, however a server spells it."""
        if secret:
            self._secrets[secret] = re.compile("".join(map(_spellings, secret)), re.IGNORECASE)

    def without_secrets(self, text: str) -> str:
        """Return a text without the credentials and the tokens of this run."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = self._secrets[secret].sub(REDACTED, text)
        return text

    def digest(self, path: str) -> Response:
        """
        Return the response to a GET with HTTP Digest, which a request without credentials comes before.

        Raises:
            NotTried: There is no challenge, or one of another algorithm.
        """
        challenge = self.get(path).headers.get("WWW-Authenticate", "")
        scheme, _, text = challenge.partition(" ")
        if scheme.lower() != "digest":
            raise NotTried("there is no challenge of HTTP Digest")
        return self.get(path, {"Authorization": self._digest(parse_keqv_list(parse_http_list(text)), path)})

    def _digest(self, given: Mapping[str, str], path: str) -> str:
        algorithm = given.get("algorithm", "MD5").upper()
        if algorithm not in _HASHES:
            raise NotTried(f"the digest would have to be of {algorithm}, not of {' or '.join(_HASHES)}")
        hashed = _HASHES[algorithm]
        uri, cnonce, count = urlsplit(self.url).path + path, token_hex(8), "00000001"
        user = hashed(f"{self.client_id}:{given['realm']}:{self.client_secret}")
        self.hide(user)
        # A server of before 2000 names no quality of protection, and expects no counter.
        between = f"{given['nonce']}:{count}:{cnonce}:auth" if "qop" in given else given["nonce"]
        proof = hashed(f"{user}:{between}:{hashed(f'GET:{uri}')}")
        repeated = {name: given[name] for name in ("realm", "nonce", "opaque") if name in given}
        quoted = {"username": self.client_id, **repeated, "uri": uri, "response": proof}
        bare = {"algorithm": given["algorithm"]} if "algorithm" in given else {}
        if "qop" in given:
            quoted["cnonce"] = cnonce
            bare |= {"qop": "auth", "nc": count}
        fields = [f'{name}="{value}"' for name, value in quoted.items()]
        return "Digest " + ", ".join([*fields, *(f"{name}={value}" for name, value in bare.items())])

    def _send(self, method: str, path: str, headers: dict[str, str], body: bytes | None) -> Response:
        self._pace()
        headers = {"Accept": "application/json", "User-Agent": "kpn-sandbox conformance", **headers}
        try:
            url = path if "://" in path else self.url + path
            response = self._send_external(method, url, headers, body, seconds=self._seconds)
        except NoResponse as error:
            if not self.has_answered:
                raise ServerUnreachable(str(error)) from None
            raise
        self.has_answered = True
        # Whatever the status, a report must not show the token of an answer.
        if isinstance(token := response.get("access_token"), str):
            self.hide(token)
        if response.status in _BUSY:
            raise NotTried(f"the server answers {response.status}: {_BUSY[response.status]}")
        return response

    def _pace(self) -> None:
        wait = self._next - self._now()
        if wait > 0:
            self._pause(wait)
        self._next = self._now() + self._interval


def token_in(answer: Response) -> str:
    """
    Return the access token of an answer.

    Raises:
        NotTried: There is none.
    """
    token = answer.get("access_token") if answer.status == 200 else None
    if not isinstance(token, str) or not token:
        raise NotTried("there is no access token")
    return token


RunCheck = Callable[[Requester], None]
"""Sends requests, and raises an error if the server does something else."""


class ApiCheck(NamedTuple):
    """A behavior that should be so, in words, and the function that tries it."""

    expected: str
    run: RunCheck


class CheckSuite:
    """
    The checks of an API.

    Args:
        api: The API.
        untried: By reason, the names of operations and behaviors that have no check, or how these begin; of several
            reasons the last one counts.
    """

    def __init__(self, api: type[VendorApi], untried: Mapping[str, Sequence[str]]) -> None:
        self.api = api
        self.checks: dict[str, ApiCheck] = {}
        self._untried = untried

    def reason(self, behavior: str) -> str | None:
        """Return why a behavior of the fidelity list has no check; None for one that nobody has thought of."""
        found = [why for why, begins in self._untried.items() if behavior.startswith(tuple(begins))]
        return found[-1] if found else None

    def check(self, behavior: Operation | str, expected: str) -> Callable[[RunCheck], RunCheck]:
        """
        Make a decorator that makes a function a check.

        Args:
            behavior, expected: An operation, or the name of a behavior; and what should be so.
        """
        name = behavior if isinstance(behavior, str) else f"{behavior.method} {behavior.path}"

        def decorate(run: RunCheck) -> RunCheck:
            self.checks[name] = ApiCheck(expected, run)
            return run

        return decorate


class CheckResult(NamedTuple):
    """The result of a check: `holds`, `differs` with what was got, or `not tried` with the reason."""

    behavior: str
    label: str
    result: str
    expected: str
    got: str


def run_checks(suite: CheckSuite, requester: Requester, *, with_invented: bool) -> Iterator[CheckResult]:
    """
    Yield the result of each check, in the order of the fidelity list.

    Args:
        suite, requester: The checks, and what sends their requests.
        with_invented: Whether to check what is the sandbox's own choice, too.
    """
    operations, behaviors = suite.api.fidelity()
    for behavior in (*operations, *behaviors):
        if with_invented or behavior.label != "invented":
            yield _run(suite, behavior, requester)


def expect(truth: object, got: object) -> None:
    """
    Do nothing if something is so.

    Args:
        truth: Whether it is so.
        got: What is so instead.

    Raises:
        Differs: It is not so.
    """
    if not truth:
        raise Differs(str(got))


def check_no_store(*answers: Response) -> None:
    """Check that no cache may keep these responses."""
    for answer in answers:
        found = answer.headers.get("Cache-Control", "none")
        expect("no-store" in found, f"{answer.status} with Cache-Control: {found}")


def expect_status(answer: Response, *statuses: int) -> Response:
    """
    Return a response, which must have one of some statuses.

    Args:
        answer, statuses: The response, and the statuses.
    """
    expect(answer.status in statuses, f"{answer.status} {answer.text}")
    return answer


def _run(suite: CheckSuite, behavior: Behavior, requester: Requester) -> CheckResult:
    check = suite.checks.get(behavior.name)
    if check is None:
        return CheckResult(behavior.name, behavior.label, NOT_TRIED, "", suite.reason(behavior.name) or "")
    result, got = HOLDS, ""
    try:
        check.run(requester)
    except Differs as error:
        result, got = DIFFERS, str(error)
    except (NotTried, ExternalError) as error:
        result, got = NOT_TRIED, str(error)
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError) as error:
        # Checks read an answer as it should be; what is not there, or of another type, is a difference like others.
        result, got = DIFFERS, f"an answer that cannot be read: {type(error).__name__} {error}"
    return CheckResult(behavior.name, behavior.label, result, check.expected, _shown(got, requester))


def _shown(text: str, requester: Requester) -> str:
    """Return a text that may be from the server: without secrets, in one line, and not long."""
    # A secret that the end of what is read cut in two would not be found.
    text = redacted_value(requester.without_secrets(text)[:_MOST_READ])
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def _spellings(character: str) -> str:
    """Return a pattern of a character as JSON, HTML, a URL and Python's `repr` may spell it."""
    if character.isalnum():
        return character
    code, quoted = ord(character), quote(character, safe="")
    spelled = {character, f"\\{character}", quoted, f"\\u{code:04x}", escape(character), f"&#{code};", f"&#x{code:x};"}
    return f"(?:{'|'.join(re.escape(each) for each in sorted(spelled, key=len, reverse=True))})"


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


_HASHES: Mapping[str, Callable[[str], str]] = {"MD5": _md5, "SHA-256": _sha256}
