"""Kaisa, Atobi and ITX over sockets: with HTTP libraries, under load and after a kill."""

import json
import signal
import threading
import time
from urllib.request import Request, urlopen

import pytest
import requests
from requests.auth import HTTPDigestAuth

from kpn_sandbox.vendors.itx.auth import itx_token

pytestmark = pytest.mark.slow

USER, PASSWORD = "APP_CONSUMER_KEY", "APP_CONSUMER_SECRET"
KPI = "/api/external/v1/kpi"


def atobi_token(url):
    form = {"grant-type": "client_credentials", "client_id": USER, "client_secret": PASSWORD}
    headers = {"Content-Type": "application/x-www-urlencoded"}
    answer = requests.post(
        f"{url}/oauth/token",
        data="&".join(f"{key}={value}" for key, value in form.items()),
        headers=headers,
        timeout=30,
    )
    return answer.json()["access_token"]


def element(number):
    at = "2019-09-10 13:09:23"
    return {"id": number, "kpi": "points", "object_type": "number", "value": "100", "timestamp": at}


def inbox(url):
    answer = requests.get(f"{url}/_sandbox/accounts/{USER}/inbox/kpi", auth=(USER, PASSWORD), timeout=30)
    return {record["id"] for record in answer.json()["records"]}


def test_a_library_polls_kaisa(sandbox):
    """requests' own HTTP Digest asks again and again over one connection."""
    with requests.Session() as session:
        session.auth = HTTPDigestAuth(USER, PASSWORD)

        answers = [session.get(f"{sandbox.url}/widgets/data?type=call_totals", timeout=30) for _ in range(20)]

        assert [answer.status_code for answer in answers] == [200] * 20
        assert session.get(f"{sandbox.url}/miscellaneous/ping", timeout=30).json() == {"ping": "ok"}
        added = session.post(f"{sandbox.url}/customers", data={"name": "Over a socket", "custnr": "S-1"}, timeout=30)
        assert added.json()["customers"][0]["name"] == "Over a socket"


def test_what_is_acknowledged_survives_a_kill(start):
    """After kill -9 every element whose ACK had arrived is still there, and no half body is."""
    running = start("--workers", "2")
    token, acknowledged = atobi_token(running.url), []

    def send():
        with requests.Session() as session:
            for number in range(60):
                elements = [element(10 * number + each) for each in range(10)]
                body = {
                    "type": "kpi",
                    "version": "1.0.0",
                    "context": "kill",
                    "data": [{"user_id": "1", "elements": elements}],
                }
                try:
                    answer = session.post(
                        f"{running.url}{KPI}", json=body, timeout=30, headers={"Authorization": f"Bearer {token}"}
                    )
                except requests.RequestException:
                    return
                if answer.status_code == 200:
                    acknowledged.append(number)

    sender = threading.Thread(target=send)
    sender.start()
    while len(acknowledged) < 10:
        time.sleep(0.01)
    running.stop(group=True, by=signal.SIGKILL)
    sender.join()

    kept = inbox(start().url)

    assert kept >= {str(10 * number + each) for number in acknowledged for each in range(10)}
    assert all(sum(str(10 * number + each) in kept for each in range(10)) in (0, 10) for number in range(60))


def test_a_long_range_does_not_hold_up_others(start):
    """While twelve ask for the same cold year, which is computed once, one worker goes on answering others."""
    running = start("--workers", "1", "--agents", "150", "--kaisa-open")
    token = running.token()
    year = "type=call_totals&from_date=2025-01-01&to_date=2026-01-01"
    done: list[str] = []

    def ask_for_a_year():
        with urlopen(f"{running.url}/widgets/data?{year}", timeout=120) as answer:
            done.append(json.load(answer)["datasources"][0]["data"])

    asking = [threading.Thread(target=ask_for_a_year) for _ in range(12)]
    ping = Request(f"{running.url}/agent/logid/40001", headers={"Authorization": f"Bearer {token}"})
    urlopen(ping).close()
    for each in asking:
        each.start()
    waits = []
    while any(each.is_alive() for each in asking):
        began = time.monotonic()
        urlopen(ping, timeout=30).close()
        waits.append(time.monotonic() - began)
        time.sleep(0.02)

    assert len(done) == 12 and len(set(done)) == 1 and int(done[0]) > 10_000
    assert len(waits) > 10 and sorted(waits)[len(waits) // 2] < 1 and max(waits) < 10


def test_a_panel_of_a_running_sandbox(sandbox):
    """ITX's URL shows the panel of a customer whom Kaisa lists."""
    with requests.Session() as session:
        session.auth = HTTPDigestAuth(USER, PASSWORD)
        customer = session.get(f"{sandbox.url}/customers?pagesize=1", timeout=30).json()["customers"][0]

    panel = requests.get(
        f"{sandbox.url}/rest/kpi",
        params={"token": itx_token(USER, PASSWORD), "customerId": customer["corporateid"]},
        timeout=30,
    ).json()

    filled = {section["title"] for section in panel["sections"] if section["documents"]}
    assert filled - {"Credit notes"} == {"Orders", "Invoices", "Contacts"}


@pytest.mark.parametrize("path", ["/customers", "/api/external/v1/kpi", "/rest/kpi", "/widgets/data"])
def test_a_refusal_over_a_socket_is_json(sandbox, path):
    """Requests without credentials are answered with JSON or, where a challenge says it all, with no body at all."""
    answer = requests.get(f"{sandbox.url}{path}", timeout=30)

    assert answer.status_code in (400, 401, 405)
    assert answer.headers.get("Content-Type") == ("application/json" if answer.content else None)
