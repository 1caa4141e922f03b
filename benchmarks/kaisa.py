"""
The cost of Kaisa's widgets: CPU time of a request for known days, master and worker, beside the same by Flask.

Cases: widgets open to everybody, asked by wrk, and HTTP Digest with a count of its own for each request.

    python benchmarks/kaisa.py
"""

import hashlib
import re
from http.client import HTTPConnection, HTTPResponse
from time import perf_counter

from servers import Load, folder, print_beside_flask, serving_sandbox

PATH = "/widgets/data?type=calls_per_day&from_date=2026-10-24&to_date=2026-11-22"
CLIENT_ID, SECRET = "benchmark", "secret"
BY_FLASK = "delay-ms=0"


class DigestLoad:
    """
    A client with HTTP Digest on one connection.

    Args:
        port: Port of the sandbox.
        prefer: Preference of each request; empty for none.
    """

    def __init__(self, port: int, prefer: str = "") -> None:
        self._connection = HTTPConnection("127.0.0.1", port)
        self._headers = {"Prefer": prefer} if prefer else {}

    def run(self, seconds: int) -> int:
        """Ask for some seconds and return the number of answers, all of which must be successes."""
        challenge = self._response(self._headers).headers["WWW-Authenticate"]
        realm, nonce = (re.search(f'{name}="([^"]*)"', challenge)[1] for name in ("realm", "nonce"))  # type: ignore[index]
        secret, target = _md5(f"{CLIENT_ID}:{realm}:{SECRET}"), _md5(f"GET:{PATH}")
        end, count = perf_counter() + seconds, 0
        while perf_counter() < end:
            count += 1
            proof = _md5(f"{secret}:{nonce}:{count:08x}:c:auth:{target}")
            header = (
                f'Digest username="{CLIENT_ID}", realm="{realm}", nonce="{nonce}", uri="{PATH}", response="{proof}", '
                f'cnonce="c", qop=auth, nc={count:08x}'
            )
            if self._response({**self._headers, "Authorization": header}).status != 200:
                raise SystemExit("not all answers were good")
        return count

    def _response(self, headers: dict[str, str]) -> HTTPResponse:
        self._connection.request("GET", PATH, headers=headers)
        response = self._connection.getresponse()
        response.read()
        return response


def main() -> None:
    """Print the table."""
    with folder() as place:
        script = place / "open.lua"
        script.write_text('wrk.headers["Authorization"] = nil')
        settings = {"agents": "100", "client_id": CLIENT_ID, "client_secret": SECRET}
        with serving_sandbox(**settings, kaisa_open="on", database_url=f"sqlite:///{place}/on.db") as (process, port):
            load = Load(f"http://127.0.0.1:{port}{PATH}", "", script)
            print_beside_flask("open widgets", process, (load, load._replace(headers=(f"Prefer: {BY_FLASK}",))), 500)
        with serving_sandbox(**settings, database_url=f"sqlite:///{place}/off.db") as (process, port):
            print_beside_flask("HTTP Digest", process, (DigestLoad(port), DigestLoad(port, BY_FLASK)), 1000)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


if __name__ == "__main__":
    main()
