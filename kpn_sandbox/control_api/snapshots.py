"""
Snapshots as JSON documents: written from the state of an account, and read with every check that a change would meet.

A document that is wrong anywhere is refused as a whole, and the error names the member by its path.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from marshmallow import Schema, ValidationError

from kpn_sandbox.client.errors import FieldError
from kpn_sandbox.control_api.context import checked_fields, checked_plan
from kpn_sandbox.control_api.errors import ProblemError, invalid_fields
from kpn_sandbox.control_api.fields import field_errors, shortened
from kpn_sandbox.control_api.request_schemas import OwnerSchema
from kpn_sandbox.control_api.serializers import fault_record, profile_record, quota_record
from kpn_sandbox.control_api.snapshot_schemas import SnapshotRequestSchema
from kpn_sandbox.literals import SNAPSHOT_FORMAT
from kpn_sandbox.simulation.errors import InvalidProfile
from kpn_sandbox.simulation.profile import ALWAYS, Profile
from kpn_sandbox.simulation.randomness import ENGINE_VERSION
from kpn_sandbox.tenants.accounts import NewAccount
from kpn_sandbox.tenants.clock import Clock, FrozenClock, RunningClock, exact_instant
from kpn_sandbox.tenants.errors import AccountExists, InvalidSetting, SnapshotFileError
from kpn_sandbox.tenants.faults import FaultPlan
from kpn_sandbox.tenants.pins import Pin
from kpn_sandbox.tenants.quota import Quota, QuotaCount
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.snapshot import AccountSnapshot, State
from kpn_sandbox.tenants.timeline import AccountTimeline, Change, Setting
from kpn_sandbox.validation import check_known, list_of
from kpn_sandbox.vendors import APIS, STATE_PARTS

Json = dict[str, Any]

_MOST_ENTRIES = 1_000_000


class SnapshotEntry(NamedTuple):
    """A snapshot of a file, and the account that it is for."""

    client_id: str
    client_secret: str
    snapshot: AccountSnapshot
    digest: str
    """SHA-256 digest of the entry, in hexadecimal."""
    notes: tuple[str, ...] = ()


def snapshot_record(snapshot: AccountSnapshot) -> Json:
    """Return the document of a snapshot."""
    base = snapshot.timeline.base
    return {
        "format": SNAPSHOT_FORMAT,
        "engine": ENGINE_VERSION,
        "names": snapshot.timeline.names_source,
        "seed": snapshot.seed,
        "profile": profile_record(base.profile),
        "scenario": base.scenario,
        "changes": [_change_record(change) for change in snapshot.timeline.changes],
        "clock": _clock_record(snapshot.clock),
        "pins": [_pin_record(pin) for pin in snapshot.pins],
        "faults": [_present({**fault_record(plan), "used": plan.used}) for plan in snapshot.plans],
        "quota": snapshot.quota and quota_record(snapshot.quota),
        "quota_used": [
            {"counter": count.api, "window_starts_at": exact_instant(count.starts_at), "used": count.used}
            for count in snapshot.counts
        ],
        **snapshot.state,
    }


def _change_record(change: Change) -> Json:
    values = {"profile": change.profile, "scenario": change.scenario, "ends": change.ends or None}
    return _present({"effective_at": exact_instant(change.effective_at), **values})


def _clock_record(clock: Clock) -> Json:
    at, speed = exact_instant(clock.at), clock.speed or None
    return _present({"mode": clock.mode, "at": at, "speed": speed, "tokens": clock.tokens})


def _pin_record(pin: Pin) -> Json:
    expires_at = None if pin.expires_at is None else exact_instant(pin.expires_at)
    about = {"kind": pin.kind, "key": pin.key, "fields": pin.fields}
    return _present({**about, "expires_at": expires_at, "reads": pin.reads_left})


def _present(values: Mapping[str, Any]) -> Json:
    return {name: value for name, value in values.items() if value is not None}


def load_snapshot(document: Any) -> tuple[AccountSnapshot, tuple[str, ...]]:
    """
    Return the snapshot of a document, and what may differ from the account that was saved, each in a sentence.

    Raises:
        ProblemError: The document is not one that an account can have; 409 when another engine saved it.
    """
    _check_versions(document)
    body = _loaded(SnapshotRequestSchema(), document)
    timeline = _timeline(body)
    quota = None if body.get("quota") is None else Quota(**body["quota"])
    pins, plans = _pins(body.get("pins", ())), _plans(body.get("faults", ()), document.get("faults", ()))
    counts, state = _counts(body.get("quota_used", ()), quota), _state(body)
    clock = _clock(body["clock"])
    snapshot = AccountSnapshot(body["seed"], timeline, clock, pins, plans, quota, counts, state)
    return snapshot, tuple(_notes(body.get("names"), timeline))


def _loaded(schema: Schema, given: Any) -> Json:
    try:
        loaded: Json = schema.load(given)
    except ValidationError as error:
        raise invalid_fields(*field_errors(error.messages, error.data)) from None
    return loaded


def read_entries(file: Path, demo: tuple[str, str]) -> tuple[SnapshotEntry, ...]:
    """
    Return the accounts of a file: that of one snapshot, or those of `{"accounts": [snapshot, ...]}`.

    Args:
        file, demo: The file, and client id and secret of the account that the settings make.

    Raises:
        SnapshotFileError: The file cannot be read, or a snapshot of it is not one that an account can have.
    """
    try:
        document = orjson.loads(file.read_text(encoding="utf-8-sig"))
        if isinstance(document, dict) and "accounts" not in document:
            return (_entry(document, demo),)
        if not isinstance(document, dict) or len(document) > 1 or not isinstance(document["accounts"], list):
            raise SnapshotFileError(f'{file} must hold a snapshot or {{"accounts": [snapshot, ...]}}')
        entries = []
        for index, each in enumerate(document["accounts"]):
            with _inside(f"accounts[{index}]"):
                entries.append(_entry(each, demo))
        _check_different("accounts", (entry.client_id for entry in entries))
        return tuple(entries)
    except OSError as error:
        raise SnapshotFileError(f"{file} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise SnapshotFileError(f"{file} must be JSON: {error}") from None
    except ProblemError as error:
        raise SnapshotFileError(f"{file}: {error.text.rstrip('.')}") from None


def _entry(given: Any, demo: tuple[str, str]) -> SnapshotEntry:
    if not isinstance(given, dict):
        raise invalid_fields({"field": "snapshot", "value": shortened(given), "allowed": "a JSON object"})
    names = ("client_id", "client_secret")
    document = {name: value for name, value in given.items() if name not in names}
    owner = _loaded(OwnerSchema(), {name: given.get(name) for name in names})
    if owner["client_id"] == demo[0] and owner["client_secret"] != demo[1]:
        allowed = "that of the settings, because the account is theirs (--client-secret)"
        raise invalid_fields({"field": "client_secret", "allowed": allowed})
    snapshot, notes = load_snapshot(document)
    digest = hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()
    return SnapshotEntry(**owner, snapshot=snapshot, digest=digest, notes=notes)


def restore_entries(sandbox: Sandbox, entries: Iterable[SnapshotEntry]) -> Iterator[str]:
    """
    Make the accounts of a file, those that were made from the same entry before excepted, and yield notes for a start.

    Args:
        sandbox, entries: The accounts, and the entries of the file.
    """
    accounts = sandbox.accounts
    for client_id, secret, snapshot, digest, notes in entries:
        with suppress(AccountExists):
            accounts.create(NewAccount(client_id, secret, snapshot.seed))
        if sandbox.restore(client_id, snapshot, entry=digest):
            if accounts.authenticate(client_id, secret) is None:
                accounts.rotate_secret(client_id, secret)
            yield f"account {client_id} is restored from its snapshot"
            yield from (f"account {client_id}: {note}" for note in notes)


def _check_versions(document: Any) -> None:
    """Refuse other forms and engines first: what else is wrong with such a document says nothing."""
    given = document if isinstance(document, dict) else {}
    if given.get("format", SNAPSHOT_FORMAT) != SNAPSHOT_FORMAT:
        raise invalid_fields({"field": "format", "value": shortened(given["format"]), "allowed": f"{SNAPSHOT_FORMAT}"})
    engine = given.get("engine", ENGINE_VERSION)
    if isinstance(engine, int) and engine != ENGINE_VERSION:
        error: FieldError = {"field": "engine", "value": engine, "allowed": f"{ENGINE_VERSION}"}
        text = f"engine must be {ENGINE_VERSION}: the days that engine {engine} made are others. Save it anew."
        raise ProblemError(409, text, [error])


def _timeline(body: Json) -> AccountTimeline:
    with _inside("profile"):
        profile = Profile.from_dict(body.get("profile", {}))
        base = Setting(ALWAYS, profile, body.get("scenario", "normal"))
        base.effective()
    changes = [Change(**each) for each in body.get("changes", ())]
    _check_changes(base, changes)
    return AccountTimeline(base, tuple(sorted(changes, key=lambda change: change.effective_at)))


def _check_changes(base: Setting, changes: Sequence[Change]) -> None:
    _check_different("changes", ((change.effective_at, change.profile is None) for change in changes))
    setting, scenario = base, None
    order = sorted(range(len(changes)), key=lambda index: changes[index].effective_at)
    for index, following in zip_longest(order, order[1:]):
        change, path = changes[index], f"changes[{index}]"
        if change.ends and (scenario is None or scenario.ends):
            raise invalid_fields({"field": f"{path}.ends", "value": True, "allowed": "left out: no scenario began"})
        scenario = scenario if change.scenario is None else change
        with _inside(f"{path}.profile"):
            setting = setting.changed(change)
            # Of one instant only what both changes make together is ever in force.
            if following is None or changes[following].effective_at != change.effective_at:
                setting.effective()


def _clock(body: Json) -> Clock:
    if body["mode"] == "frozen":
        return FrozenClock(body["at"], body.get("tokens", "account"))
    return RunningClock(body["at"], speed=float(body.get("speed", 1.0)), tokens=body.get("tokens", "account"))


def _pins(given: Sequence[Json]) -> tuple[Pin, ...]:
    _check_different("pins", ((each["kind"], each["key"]) for each in given))
    pins = []
    for index, each in enumerate(given):
        with _inside(f"pins[{index}]"):
            fields = checked_fields(APIS, each["kind"], each["fields_"])
        pins.append(Pin(each["kind"], each["key"], fields, each.get("expires_at"), each.get("reads")))
    return tuple(pins)


def _plans(given: Sequence[Json], as_sent: Sequence[Any]) -> tuple[FaultPlan, ...]:
    _check_different("faults", (each.get("id", index) for index, each in enumerate(given)))
    plans = []
    for index, each in enumerate(given):
        plan = {name: value for name, value in each.items() if name != "remaining"}
        with _inside(f"faults[{index}]"):
            plans.append(checked_plan(APIS, plan, as_sent[index]))
    return tuple(plans)


def _counts(given: Sequence[Json], quota: Quota | None) -> tuple[QuotaCount, ...]:
    limits = {f"{api.key}{each.counter}": quota or api.default_quota for api in APIS for each in api.endpoints}
    counters = [name for name, limit in limits.items() if limit is not None]
    _check_different("quota_used", ((each["counter"], each["window_starts_at"]) for each in given))
    counts = []
    for index, each in enumerate(given):
        limit, path = limits.get(each["counter"]), f"quota_used[{index}]"
        if limit is None:
            allowed = f"one of {', '.join(counters)}, which have a quota here"
            raise invalid_fields({"field": f"{path}.counter", "value": each["counter"], "allowed": allowed})
        if each["used"] > limit.limit:
            allowed = f"at most {limit.limit}, as the quota allows"
            raise invalid_fields({"field": f"{path}.used", "value": each["used"], "allowed": allowed})
        window = limit.window(each["window_starts_at"])
        if window.starts_at != each["window_starts_at"]:
            allowed = f"the begin of a window of the quota, such as {exact_instant(window.starts_at)}"
            raise invalid_fields({"field": f"{path}.window_starts_at", "allowed": allowed})
        counts.append(QuotaCount(each["counter"], window.starts_at, each["used"]))
    return tuple(counts)


def _state(body: Json) -> State:
    state: dict[str, dict[str, Sequence[Any]]] = {}
    for api, parts in STATE_PARTS.items():
        given = body.get(api, {})
        state[api] = {}
        with _inside(api):
            for name, value in given.items():
                names = [part.name for part in parts]
                check_known(name, value, names, role=f"a list of {api}", error=InvalidSetting)
            for part in parts:
                check = list_of(0, part.most or _MOST_ENTRIES, part.check)
                entries = check(part.name, given.get(part.name, []), InvalidSetting)
                _check_different(part.name, map(part.identity, entries))
                state[api][part.name] = entries
    return state


def _notes(names: str | None, timeline: AccountTimeline) -> Iterator[str]:
    present = timeline.names_source
    if names is not None and names != present:
        yield f"names came from {names} and come from {present or 'no Faker'} here, so some of them may differ"


def _check_different(path: str, keys: Iterable[object]) -> None:
    """Refuse a list with two entries for the same thing."""
    seen: set[object] = set()
    for index, key in enumerate(keys):
        if key in seen:
            raise invalid_fields({"field": f"{path}[{index}]", "allowed": "another one than those before it"})
        seen.add(key)


@contextmanager
def _inside(path: str) -> Iterator[None]:
    """Name wrong members by their paths in the document, whose part at a path is checked meanwhile."""
    try:
        yield
    except ProblemError as error:
        raise invalid_fields(*(_moved(path, each) for each in error.errors)) from None
    except InvalidProfile as error:
        raise invalid_fields(*(_error(path, each) for each in error.all)) from None
    except InvalidSetting as error:
        raise invalid_fields(_error(path, error)) from None


def _moved(path: str, error: FieldError) -> FieldError:
    return {**error, "field": f"{path}.{error['field']}"}


def _error(path: str, error: InvalidProfile | InvalidSetting) -> FieldError:
    return _moved(path, {"field": error.field, "value": shortened(error.value), "allowed": error.allowed})
