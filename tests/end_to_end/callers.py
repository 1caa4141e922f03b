"""Clients that ask many at a time, each over a connection of its own."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

SOON = 60


class Answer(NamedTuple):
    """The response to a request."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body's JSON."""
        return json.loads(self.body)


def get(url: str, path: str, token: str, **headers: str) -> Answer:
    """Ask on a new connection, which any worker may accept."""
    address = urlsplit(url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=SOON)
    try:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}", **names})
        response = connection.getresponse()
        return Answer(response.status, dict(response.headers), response.read())
    finally:
        connection.close()


def concurrently(count: int, ask: Callable[[int], Any], *, at_a_time: int = 12) -> list[Any]:
    """Call a function with 0, 1, 2 ... from several threads; the results in this order."""
    with ThreadPoolExecutor(at_a_time) as pool:
        return list(pool.map(ask, range(count)))
