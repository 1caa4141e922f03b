"""
A mixed load on `serve` with two workers, one of which is killed every minute: what was acknowledged must be there.

Each client has an account of its own, makes one request after the other, and keeps a record of all that was
acknowledged: pins, outcomes of faults that are left, clock, profile, customers, wallboards, KPI records, accounts and
the request log. It reads them back while it goes on, and at the end. The exit status is 1 when a write was lost, when a
5xx came that nobody asked for, when a connection broke without a kill, or when a response was wrong.

    python benchmarks/soak.py [--seconds 60] [--clients 6] [--database-url postgresql+psycopg://user@host/name]
"""

import os
import random
import signal
import sys
import time
from argparse import ArgumentParser
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from statistics import linear_regression, quantiles
from threading import Event, Lock
from typing import Any

import requests
from requests.auth import HTTPDigestAuth
from servers import ADMIN, children, folder, proportional_megabytes, serving_sandbox, started

CONTROL = "/_sandbox/accounts"
WORKERS = "2"
KILL_SECONDS = 60
PAUSE_SECONDS = 0.02
"""The longest pause of a client between two requests."""
RESPAWN_SECONDS = 1.0
"""For how long after a kill a broken connection is its effect."""
BUSY_SHARE = 0.001
"""Share of requests that may find the database busy."""
DAY_STARTS_AT = "2026-11-23T08:00:00+01:00"
FEWEST_AGENTS, MOST_AGENTS = 5, 12
SUBSCRIPTION = {"soak": {"agent_grids": [{"id": "1", "columns": [{"id": "1", "stat_name": "acd_state"}]}]}}
KPI = {"type": "kpi", "version": "1.0.0", "context": "sales"}
ELEMENT = {"kpi": "device_sales", "object_type": "number", "value": "1", "timestamp": "2026-11-23 10:00:00"}


class BrokenConnection(Exception):
    """A request got no response: nobody knows whether it was carried out."""


class Findings:
    """What all clients have seen; each method may be called by several threads."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.milliseconds: dict[str, list[float]] = defaultdict(list)
        self.kills: list[float] = []
        self.breaks: list[tuple[float, float, str]] = []
        self.errors: Counter[str] = Counter()
        self.busy = self.writes = self.checks = 0
        self.lost: list[str] = []
        self.wrong: list[str] = []

    def answered(self, kind: str, seconds: float) -> None:
        """Count a response."""
        with self.lock:
            self.milliseconds[kind].append(seconds * 1000)

    def compare(self, found: list[str], title: str, wanted: object, got: object) -> None:
        """Note in `lost` or `wrong` what is not as it should be."""
        with self.lock:
            self.checks += 1
            if wanted != got:
                found.append(f"{title}: {wanted} expected, {got} found")

    def breaks_at_kills(self) -> tuple[int, Counter[str]]:
        """Return how many connections broke at a kill, and the errors of the others by their kind."""
        others: Counter[str] = Counter()
        for began, ended, error in self.breaks:
            if not any(began <= kill + RESPAWN_SECONDS and ended >= kill for kill in self.kills):
                others[error] += 1
        return len(self.breaks) - others.total(), others

    @property
    def requests(self) -> int:
        """Number of requests with and without a response."""
        return sum(map(len, self.milliseconds.values())) + len(self.breaks)


class SoakClient:
    """
    One account and the record of what was acknowledged for it.

    Args:
        url: URL of the sandbox.
        admin_token: The administrator's token.
        number: Number of the client, from which its choices follow.
        findings: Where it notes what it sees.
    """

    def __init__(self, url: str, admin_token: str, number: int, findings: Findings) -> None:
        self.findings = findings
        self.random = random.Random(number)
        self._url = url
        self._session = requests.Session()
        self._session.trust_env = False
        self._admin = {"Authorization": f"Bearer {admin_token}"}
        self._name = f"soak-{number}"
        self._made = 0
        self._possible: dict[str, Any] = {}
        self._logged: list[str] = []
        self._tags: dict[str, str] = {}
        self._state: dict[str, Any] = {
            "pins": {},
            "faults": 0,
            "clock": datetime.fromisoformat(DAY_STARTS_AT),
            "profile": {"agents": FEWEST_AGENTS, "load": 1.0},
            "wallboards": frozenset(),
        }
        self._wallboard_ids: dict[str, str] = {}
        self._customers: dict[str, str] = {}
        self._kpis: list[str] = []
        self._accounts: set[str] = set()
        self._dropped: set[str] = set()
        clock = {"mode": "frozen", "at": DAY_STARTS_AT, "tokens": "wall"}
        body = {"client_id": self._name, "profile": {"agents": FEWEST_AGENTS}, "clock": clock}
        made = self._send("control", "POST", CONTROL, 201, json=body, headers=self._admin).json()
        self._credentials = (self._name, made["client_secret"])
        self._digest = HTTPDigestAuth(*self._credentials)
        self._bearers = {key: self._token(key) for key in _TOKEN_PATHS}
        self._subscribe()

    def run(self, over: Event) -> None:
        """Make requests until the time is over, and compare everything at the end."""
        actions, weights = zip(*_ACTIONS, strict=True)
        while not over.wait(self.random.uniform(0, PAUSE_SECONDS)):
            action = self.random.choices(actions, weights)[0]
            try:
                action(self)
            except BrokenConnection:
                continue
        for check in _CHECKS.values():
            with suppress(BrokenConnection):
                check(self)

    def poll(self) -> None:
        """One of KPN's lists, every other time with the tag of the last response."""
        path = self.random.choice(["/agents", "/agents", "/queues", "/trunks"])
        headers = self._bearer("kpn")
        if path in self._tags and self.random.random() < 0.5:
            headers["If-None-Match"] = self._tags[path]
        wanted = (200, 304) if "If-None-Match" in headers else (200,)
        if path == "/trunks":
            response = self._poll_trunks(headers, wanted)
        else:
            response = self._send("poll", "GET", path, *wanted, headers=headers, log=True)
        if response.status_code == 200:
            self._tags[path] = response.headers["ETag"]
        if response.status_code == 200 and path == "/agents":
            self._compare_agents(response.json()["DataSet"]["agents"])

    def reconcile(self) -> None:
        """Agents by skill and the staff of the queues, of the same instant."""
        headers = self._bearer("kpn")
        agents, queues = (
            self._send("poll", "GET", path, 200, headers=headers, log=True) for path in ("/agents", "/queues")
        )
        self._check_wrong("X-Sandbox-Time", *(each.headers["X-Sandbox-Time"] for each in (agents, queues)))
        staffed = Counter(
            str(999 + int(each["Skill"]))
            for each in agents.json()["DataSet"]["agents"]
            if each["Status"] in ("AVAIL", "RINGING", "ACD", "AUX", "ACW")
        )
        for queue in queues.json()["DataSet"]["queues"]:
            self._check_wrong(f"staff of queue {queue['Number']}", str(staffed[queue["Number"]]), queue["Staffed"])

    def fetch_token(self) -> None:
        """An access token of one of the vendors."""
        key = self.random.choice(list(_TOKEN_PATHS))
        self._bearers[key] = self._token(key)

    def pin(self) -> None:
        """Give an agent another name, or its own again."""
        pins, key = self._settled("pins"), str(40001 + self.random.randrange(FEWEST_AGENTS))
        if key in pins and self.random.random() < 0.3:
            with self._changing("pins", {name: pins[name] for name in pins if name != key}):
                self._control("DELETE", f"/pins/agents/{key}", 204)
        else:
            name = f"Agent {self._next()}"
            with self._changing("pins", {**pins, key: name}):
                self._control("PUT", f"/pins/agents/{key}", 200, {"fields": {"Agent": name}})

    def add_fault(self) -> None:
        """Let one to three of the next requests for trunks fail."""
        count = self.random.randint(1, 3)
        body = {"api": "kpn", "operation": "trunks", "outcomes": [{"status": 503}] * count}
        with self._changing("faults", self._settled("faults") + count):
            self._control("POST", "/faults", 201, body)

    def move_clock(self) -> None:
        """Move the frozen clock on by up to five minutes."""
        seconds = self.random.randint(1, 300)
        with self._changing("clock", self._settled("clock") + timedelta(seconds=seconds)):
            self._control("POST", "/clock/advance", 200, {"seconds": seconds})

    def patch_profile(self) -> None:
        """Change the number of agents for always, or the load from now on."""
        agents, load = self.random.randint(FEWEST_AGENTS, MOST_AGENTS), self.random.randint(5, 15) / 10
        patch, effective = self.random.choice([({"agents": agents}, "always"), ({"load": load}, "now")])
        with self._changing("profile", {**self._settled("profile"), **patch}):
            self._control("PATCH", f"/profile?effective={effective}", 200, patch)

    def ask_bright_pattern(self) -> None:
        """The data of the subscription."""
        response = self._bright_pattern("GET", "/statsapi/subscription/data", 200)
        self._check_lost("subscription", ["soak"], list(response.json()))

    def store_wallboard(self) -> None:
        """Store a wallboard of Bright Pattern, or remove one when there are many."""
        names, path = self._settled("wallboards"), "/statsapi/cfg/wallboards"
        if len(names) > 20:
            name = min(names)
            with self._changing("wallboards", names - {name}):
                self._bright_pattern("DELETE", f"{path}/{self._wallboard_ids[name]}", 200)
        else:
            name = f"Board {self._next()}"
            with self._changing("wallboards", names | {name}):
                made = self._bright_pattern("POST", path, 201, json={"name": name, "is_global": False, "config": {}})
                self._wallboard_ids[name] = made.json()["id"]

    def ask_kaisa(self) -> None:
        """A dataset of the widgets."""
        name = self.random.choice(["call_totals", "missed_calls", "call_durations"])
        response = self._kaisa("GET", f"/widgets/data?type={name}")
        self._check_wrong("dataset", name, response.json()["dataset"])

    def add_customer(self) -> None:
        """A customer of Kaisa's, which its number finds from then on."""
        number = f"S-{self._next()}"
        with self._changing():
            self._kaisa("POST", "/customers", data={"name": f"Customer {number}", "custnr": number})
        self._customers[number] = f"Customer {number}"

    def send_kpi(self) -> None:
        """A record for Atobi's endpoint."""
        number = self._next()
        body = {**KPI, "data": [{"user_id": number, "location_id": "1", "elements": [{**ELEMENT, "id": number}]}]}
        with self._changing():
            path, headers = "/api/external/v1/kpi", self._bearer("atobi")
            self._send("Atobi", "POST", path, 200, json=body, headers=headers, log=True)
        self._kpis.append(number)

    def restore_snapshot(self) -> None:
        """Restore the snapshot of this moment, which changes nothing."""
        with self._changing():
            self._control("PUT", "/snapshot", 200, self._control("GET", "/snapshot", 200).json())
        _CHECKS[self.random.choice(list(self._state))](self)

    def make_account(self) -> None:
        """Make an account and ask it; most of them are dropped again."""
        name = f"{self._name}-{self._next()}"
        body = {"client_id": name, "profile": {"agents": FEWEST_AGENTS}}
        with self._changing():
            made = self._send("control", "POST", CONTROL, 201, json=body, headers=self._admin).json()
        self._accounts.add(name)
        bearer = {"Authorization": f"Bearer {self._token('kpn', (name, made['client_secret']))}"}
        agents = self._send("poll", "GET", "/agents", 200, headers=bearer).json()["DataSet"]["agents"]
        self._check_wrong("agents of a new account", FEWEST_AGENTS, len(agents))
        if self.random.random() < 0.8:
            # Nobody knows whether it is there while this is on its way, nor when the connection breaks.
            self._accounts.remove(name)
            with self._changing():
                self._send("control", "DELETE", f"{CONTROL}/{name}", 204, headers=self._admin)
            self._dropped.add(name)
            self._send("poll", "GET", "/agents", 401, headers=bearer)

    def check_something(self) -> None:
        """Compare one of the records with what the sandbox has."""
        _CHECKS[self.random.choice(list(_CHECKS))](self)

    def check_pins(self) -> None:
        """All pins are there and no others."""
        pins = self._control("GET", "/pins", 200).json()["pins"]
        self._settle("pins", {each["key"]: each["fields"]["Agent"] for each in pins})

    def check_faults(self) -> None:
        """As many outcomes are left as were not met."""
        faults = self._control("GET", "/faults", 200).json()["faults"]
        self._settle("faults", sum(each["remaining"] for each in faults))

    def check_clock(self) -> None:
        """The clock stands where it was moved to."""
        self._settle("clock", datetime.fromisoformat(self._control("GET", "/clock", 200).json()["at"]))

    def check_profile(self) -> None:
        """The profile has the fields that were patched."""
        found = self._control("GET", "/profile", 200).json()
        self._settle("profile", {name: found[name] for name in ("agents", "load")})

    def check_customers(self) -> None:
        """The last customers are found by their numbers."""
        for number, name in list(self._customers.items())[-3:]:
            found = self._kaisa("GET", f"/customers?custnr={number}").json()["customers"]
            self._check_lost(f"customer {number}", [name], [each["name"] for each in found])

    def check_wallboards(self) -> None:
        """All wallboards are listed."""
        listed = self._bright_pattern("GET", "/statsapi/cfg/wallboards", 200).json()["wallboards"]
        self._wallboard_ids = {each["name"]: each["id"] for each in listed}
        self._settle("wallboards", frozenset(self._wallboard_ids))

    def check_inbox(self) -> None:
        """The last records that were sent are there."""
        records = self._control("GET", "/inbox/kpi", 200).json()["records"]
        found = [each["user_id"] for each in records][-50:]
        self._check_lost("KPI records", [], [each for each in self._kpis[-20:] if each not in found])

    def check_accounts(self) -> None:
        """Accounts that were made are there, those that were dropped are not."""
        for names, status in ((self._accounts, 200), (self._dropped, 404)):
            for name in self.random.sample(sorted(names), min(3, len(names))):
                response = self._send("control", "GET", f"{CONTROL}/{name}", 200, 404, headers=self._admin)
                self._check_lost(f"account {name}", status, response.status_code)

    def check_log(self) -> None:
        """Each request that was answered is in the request log."""
        listed = self._control("GET", "/requests?limit=1000", 200).json()["requests"]
        found = {each["id"] for each in listed}
        # The log has the last 1,000, those without a response among them.
        self._check_lost("request log", [], [each for each in self._logged[-900:] if each not in found])
        self._logged = []

    def _compare_agents(self, agents: list[dict[str, Any]]) -> None:
        pins = self._state["pins"]
        if "pins" not in self._possible:
            found = {each["Logid"]: each["Agent"] for each in agents if each["Logid"] in pins}
            self._check_wrong("pinned names", pins, found)
        if "profile" not in self._possible:
            self._check_wrong("number of agents", self._state["profile"]["agents"], len(agents))

    def _poll_trunks(self, headers: dict[str, str], wanted: tuple[int, ...]) -> requests.Response:
        left = self._settled("faults")
        if not left:
            return self._send("poll", "GET", "/trunks", *wanted, headers=headers, log=True)
        with self._changing("faults", left - 1):
            return self._send("poll", "GET", "/trunks", 503, headers=headers, log=True)

    def _subscribe(self) -> None:
        self._bright_pattern("POST", "/statsapi/subscription", 200, json=SUBSCRIPTION)

    def _token(self, key: str, credentials: tuple[str, str] | None = None) -> str:
        client_id, secret = credentials or self._credentials
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        response = self._send("token", "POST", _TOKEN_PATHS[key], 200, data=form, log=credentials is None)
        return str(response.json()["access_token"])

    def _bearer(self, key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._bearers[key]}"}

    def _kaisa(self, method: str, path: str, **options: Any) -> requests.Response:
        return self._send("Kaisa", method, path, 200, auth=self._digest, log=True, **options)

    def _bright_pattern(self, method: str, path: str, status: int, **options: Any) -> requests.Response:
        headers = self._bearer("bright-pattern")
        return self._send("Bright Pattern", method, path, status, headers=headers, log=True, **options)

    def _control(self, method: str, path: str, status: int, body: Any = None) -> requests.Response:
        whole = f"{CONTROL}/{self._name}{path}"
        return self._send("control", method, whole, status, json=body, auth=self._credentials)

    def _send(
        self, kind: str, method: str, path: str, *wanted: int, log: bool = False, **options: Any
    ) -> requests.Response:
        """Send a request; a response with another status than those wanted counts as wrong and as broken."""
        number = f"{self._name}-{self._next()}"
        options["headers"] = {**options.get("headers", {}), "X-Request-Id": number}
        began = time.monotonic()
        try:
            response = self._session.request(method, self._url + path, timeout=30, **options)
        except requests.RequestException as error:
            with self.findings.lock:
                self.findings.breaks.append((began, time.monotonic(), type(error).__name__))
            raise BrokenConnection from error
        self.findings.answered(kind, time.monotonic() - began)
        if log:
            self._logged.append(number)
        if response.status_code not in wanted:
            self._note_status(method, path, response)
            raise BrokenConnection
        return response

    def _note_status(self, method: str, path: str, response: requests.Response) -> None:
        with self.findings.lock:
            # Without a fault only a busy database is a reason for it.
            if response.status_code == 503:
                self.findings.busy += 1
            else:
                self.findings.errors[f"{response.status_code} for {method} {path}: {response.text[:200]}"] += 1

    @contextmanager
    def _changing(self, area: str = "", after: Any = None) -> Iterator[None]:
        """Record a write when it is acknowledged; until then, and when it breaks, it may have been carried out."""
        if area:
            self._possible[area] = after
        yield
        if area:
            self._state[area] = self._possible.pop(area)
        with self.findings.lock:
            self.findings.writes += 1

    def _settled(self, area: str) -> Any:
        """Return the state of an area, read from the sandbox after a write that broke."""
        if area in self._possible:
            _CHECKS[area](self)
        return self._state[area]

    def _settle(self, area: str, found: Any) -> None:
        """Compare what is in an area with what was acknowledged, or with what a broken write would have made of it."""
        if area in self._possible and found == self._possible[area]:
            self._state[area] = found
        self._possible.pop(area, None)
        self._check_lost(area, self._state[area], found)
        # Noted once: the comparisons that follow are of what is there.
        self._state[area] = found

    def _check_lost(self, title: str, wanted: object, got: object) -> None:
        self.findings.compare(self.findings.lost, f"{self._name}, {title}", wanted, got)

    def _check_wrong(self, title: str, wanted: object, got: object) -> None:
        self.findings.compare(self.findings.wrong, f"{self._name}, {title}", wanted, got)

    def _next(self) -> str:
        self._made += 1
        return str(self._made)


_TOKEN_PATHS = {
    "kpn": "/oauth/client_credential/accesstoken?grant_type=client_credentials",
    "bright-pattern": "/configapi/v2/oauth/token",
    "atobi": "/oauth/token",
}
_CHECKS: dict[str, Callable[[SoakClient], None]] = {
    "pins": SoakClient.check_pins,
    "faults": SoakClient.check_faults,
    "clock": SoakClient.check_clock,
    "profile": SoakClient.check_profile,
    "customers": SoakClient.check_customers,
    "wallboards": SoakClient.check_wallboards,
    "inbox": SoakClient.check_inbox,
    "accounts": SoakClient.check_accounts,
    "log": SoakClient.check_log,
}
_ACTIONS: list[tuple[Callable[[SoakClient], None], int]] = [
    (SoakClient.poll, 60),
    (SoakClient.reconcile, 5),
    (SoakClient.fetch_token, 3),
    (SoakClient.pin, 4),
    (SoakClient.add_fault, 2),
    (SoakClient.move_clock, 3),
    (SoakClient.patch_profile, 1),
    (SoakClient.ask_bright_pattern, 4),
    (SoakClient.store_wallboard, 2),
    (SoakClient.ask_kaisa, 3),
    (SoakClient.add_customer, 1),
    (SoakClient.send_kpi, 2),
    (SoakClient.restore_snapshot, 1),
    (SoakClient.make_account, 1),
    (SoakClient.check_something, 8),
]
"""What a client does, and how often in a hundred times."""


class Memory:
    """Memory of the master and its workers over time (PSS)."""

    def __init__(self, master: int) -> None:
        self._master = master
        self._samples: list[tuple[float, dict[int, float]]] = []

    def sample(self) -> None:
        """Measure now; a worker that ends meanwhile is left out."""
        found = {}
        for process in (self._master, *children(self._master)):
            try:
                found[process] = proportional_megabytes(process)
            except (OSError, TypeError):
                continue
        self._samples.append((time.monotonic(), found))

    def lines(self, warm_up: float) -> Iterable[str]:
        """Return the memory at the end, and the slope after the warm-up of the worker that was never killed."""
        oldest = min(children(self._master), key=started)
        points = [(at, found[oldest]) for at, found in self._samples if at >= warm_up and oldest in found]
        yield f"memory: {sum(self._samples[-1][1].values()):.1f} MB in all at the end"
        if len(points) > 1:
            slope = linear_regression(*zip(*points, strict=True)).slope * 60
            yield f"oldest worker: {points[-1][1]:.1f} MB, {slope:+.2f} MB a minute after warm-up"


def main() -> int:
    """Run for the time given, print what was found, and return the exit status."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--database-url")
    chosen = parser.parse_args()
    with folder() as place:
        findings, database_url = Findings(), chosen.database_url or f"sqlite:///{place}/soak.db"
        with serving_sandbox(workers=WORKERS, admin_token=ADMIN, database_url=database_url) as served:
            memory = Memory(served.process)
            clients = [SoakClient(served.url, ADMIN, number, findings) for number in range(chosen.clients)]
            warm_up = time.monotonic() + chosen.seconds / 3
            load(clients, served.process, chosen.seconds, memory)
            lines = list(memory.lines(warm_up))
    return report(findings, chosen.seconds, lines)


def load(clients: list[SoakClient], master: int, seconds: float, memory: Memory) -> None:
    """
    Let the clients make requests, and kill the youngest worker every minute, at least once.

    Args:
        clients: The clients, each of which gets a thread.
        master: Process id of the server's master.
        seconds: How long.
        memory: Sampled once a second.
    """
    over, began = Event(), time.monotonic()
    next_kill = began + min(KILL_SECONDS, seconds) / 2
    with ThreadPoolExecutor(len(clients)) as pool:
        running_clients = [pool.submit(client.run, over) for client in clients]
        while (now := time.monotonic()) < began + seconds:
            if now >= next_kill:
                # The oldest one lives on, so that it shows what time does to memory.
                clients[0].findings.kills.append(now)
                os.kill(max(children(master), key=started), signal.SIGKILL)
                next_kill += KILL_SECONDS
            memory.sample()
            time.sleep(1)
        over.set()
        for each in running_clients:
            each.result()


def report(findings: Findings, seconds: float, memory: list[str]) -> int:
    """
    Print what was found.

    Args:
        findings: What the clients have seen.
        seconds: For how long.
        memory: Lines about memory.

    Returns:
        The exit status, 0 or 1.
    """
    at_kills, others = findings.breaks_at_kills()
    print(f"requests: {findings.requests} in {seconds:g} s, {findings.requests / seconds:.0f} a second")
    for kind, measured in sorted(findings.milliseconds.items()):
        shares = quantiles(measured, n=100) if len(measured) > 1 else measured * 99
        print(f"  {kind}: {len(measured)}, p50 {shares[49]:.1f} ms, p99 {shares[98]:.1f} ms")
    print(f"killed workers: {len(findings.kills)}, connections that broke at a kill: {at_kills}")
    print(f"connections that broke otherwise: {_counted(others)}")
    print(f"the database was busy (503): {findings.busy}")
    print(f"other statuses that nobody asked for: {_counted(findings.errors)}")
    print(f"comparisons: {findings.checks}, wrong responses: {len(findings.wrong)}")
    print(f"acknowledged writes: {findings.writes}, lost: {len(findings.lost)}")
    for line in (*findings.lost[:10], *findings.wrong[:10], *memory):
        print(line)
    too_busy = findings.busy > findings.requests * BUSY_SHARE
    return int(bool(findings.lost or findings.wrong or findings.errors or others or too_busy or not findings.kills))


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common()) or "0"


if __name__ == "__main__":
    sys.exit(main())
