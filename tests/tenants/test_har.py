"""A request log as an HTTP archive."""

from kpn_sandbox.tenants.har import har
from tests.tenants.test_request_log import ENTRY


def test_an_archive_has_the_required_fields():
    """An archive has every required field of HAR 1.2, and fields of the sandbox under names of its own."""
    archive = har([ENTRY], base_url="http://127.0.0.1:8080", version="1.0")

    assert archive == {
        "log": {
            "version": "1.2",
            "creator": {"name": "kpn-sandbox", "version": "1.0"},
            "entries": [
                {
                    "startedDateTime": "2026-11-24T06:00:00.500+00:00",
                    "time": 1.25,
                    "request": {
                        "method": "GET",
                        "url": "http://127.0.0.1:8080/agents?a=1",
                        "httpVersion": "HTTP/1.1",
                        "cookies": [],
                        "headers": [{"name": "Accept", "value": "application/json"}],
                        "queryString": [{"name": "a", "value": "1"}],
                        "headersSize": -1,
                        "bodySize": -1,
                    },
                    "response": {
                        "status": 200,
                        "statusText": "",
                        "httpVersion": "HTTP/1.1",
                        "cookies": [],
                        "headers": [],
                        "content": {"size": -1, "mimeType": "application/json"},
                        "redirectURL": "",
                        "headersSize": -1,
                        "bodySize": -1,
                    },
                    "cache": {},
                    "timings": {"send": 0, "wait": 1.25, "receive": 0},
                    "comment": "pinned: 50001",
                    "_id": "one",
                    "_api": "kpn",
                    "_operation": "agents",
                    "_at": "2026-11-23T10:00:00+01:00",
                }
            ],
        }
    }


def test_a_request_without_a_query_has_none():
    """An empty query adds nothing to the URL, and a Retry-After is a header of the response."""
    (entry,) = har([ENTRY._replace(query="", retry_after=5)], base_url="http://x", version="1")["log"]["entries"]

    assert (entry["request"]["url"], entry["request"]["queryString"]) == ("http://x/agents", [])
    assert entry["response"]["headers"] == [{"name": "Retry-After", "value": "5"}]
