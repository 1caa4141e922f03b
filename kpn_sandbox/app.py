"""
The composition root: puts the application together from its settings.

Nothing else makes the parts; each is handed what it needs.
"""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response

from kpn_sandbox import documents
from kpn_sandbox.caching import Run, run_here
from kpn_sandbox.control_api import errors as control_errors
from kpn_sandbox.control_api import metrics as control_metrics
from kpn_sandbox.control_api import routes as control_routes
from kpn_sandbox.control_api.auth import ControlAuth
from kpn_sandbox.control_api.operations import OPERATIONS as CONTROL_OPERATIONS
from kpn_sandbox.control_api.operations import PREFIX as CONTROL_PREFIX
from kpn_sandbox.control_api.snapshots import read_entries, restore_entries
from kpn_sandbox.gateway.api import Services
from kpn_sandbox.gateway.error_handling import ErrorHandler
from kpn_sandbox.gateway.fast_path import FAST_PATH, FastPathMiddleware
from kpn_sandbox.gateway.middleware import ACCESS_LOG, AccessLogMiddleware, LazyRule, RequestMiddleware
from kpn_sandbox.gateway.request_context import CONTROL_KEY, Pause, RequestLifecycle
from kpn_sandbox.gateway.request_metrics import RequestMetrics
from kpn_sandbox.literals import LARGEST_BODY_BYTES, SCENARIO_NAMES
from kpn_sandbox.settings import Settings
from kpn_sandbox.simulation.history import History
from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.storage import Database
from kpn_sandbox.tenants.accounts import NewAccount
from kpn_sandbox.tenants.clock import FrozenClock, RunningClock, WallClock, instant, wall_time
from kpn_sandbox.tenants.errors import AccountInUse
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.secrets import admin_token
from kpn_sandbox.validation import spelled
from kpn_sandbox.vendors import APIS, STATE_PARTS
from kpn_sandbox.vendors.kpn.api import KpnApi
from kpn_sandbox.web.views import PageViews
from kpn_sandbox.web.views import blueprint as pages_blueprint


@dataclass(frozen=True)
class Parts:
    """Parts of an application, for code that starts or tests it."""

    settings: Settings
    sandbox: Sandbox
    admin_token: str
    notes: tuple[str, ...] = ()
    """What whoever starts the sandbox should know of its database, each in one line."""


def sleep(seconds: float) -> bool:
    """Wait for some seconds in a server that never says that it stops."""
    time.sleep(seconds)
    return False


def create_app(
    settings: Settings,
    *,
    wall_clock: WallClock = wall_time,
    pause: Pause = sleep,
    run: Run = run_here,
    force: bool = False,
) -> Flask:
    """
    Return the application.

    Args:
        settings: Settings of the start.
        wall_clock: Returns wall time, in epoch seconds.
        pause: Waits for some seconds while other requests are served, at most until the server stops.
        run: Runs a computation that takes long while other requests are served.
        force: Whether the demo account may begin anew though another process has the database open.

    Returns:
        A Flask application; `extensions["kpn_sandbox"]` holds its `Parts`. It has no open connection, so it may be
        forked.

    Raises:
        StorageError: The database cannot be used.
        SnapshotFileError: The file with snapshots cannot be used; nothing is changed then.
        AccountInUse: Another process serves the demo account with other settings.
        UnknownScenario, InstantOutOfRange: A setting names a scenario or an instant that does not exist.
    """
    account = demo_account(settings)
    account.account(wall_clock())
    demo = (settings.client_id, settings.client_secret)
    entries = () if settings.snapshot is None else read_entries(Path(settings.snapshot), demo)
    database = Database(settings.database_url)
    kinds = [kind for api in APIS for kind in api.credential_kinds]
    sandbox = Sandbox(
        database,
        wall_clock,
        credential_kinds=kinds,
        state_parts=STATE_PARTS,
        log_requests=settings.journal,
        log_bodies=settings.journal_bodies,
        run=run,
        cache_bytes=settings.cache_mb * 1024 * 1024,
    )
    history = History(sandbox.day_cache)
    try:
        notes = _ensure_demo_account(sandbox, account, force=force)
        notes += tuple(restore_entries(sandbox, entries))
    except Exception:
        database.close()
        raise
    app = _flask()
    parts = Parts(settings, sandbox, admin_token(database, settings.admin_token), notes)
    app.extensions["kpn_sandbox"] = parts
    _register(app, parts, pause, history)
    database.disconnect()
    return app


def demo_account(settings: Settings) -> NewAccount:
    """Return the account that the settings describe."""
    return NewAccount(
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        seed=settings.seed,
        profile=Profile.from_dict({"agents": settings.agents}),
        scenario=spelled(settings.scenario, SCENARIO_NAMES),
        clock=RunningClock() if settings.frozen_at is None else FrozenClock(instant(settings.frozen_at)),
    )


def _ensure_demo_account(sandbox: Sandbox, account: NewAccount, *, force: bool) -> tuple[str, ...]:
    """Make the demo account what the settings say, and return what whoever starts the sandbox should know."""
    database, notes = sandbox.database, []
    changed = sandbox.accounts.changed_settings(account)
    reasons = ", ".join(f"--{name} was {before} and is {after} now" for name, before, after in changed)
    if database.is_open_elsewhere:
        if changed and not force:
            raise AccountInUse(
                f"another process has {database.shown_url} open, and account {account.client_id} would begin anew "
                f"({reasons}): start with its settings, with another --database-url, or with --force"
            )
        notes.append(f"another process has {database.shown_url} open; both serve the same accounts")
    if changed:
        notes.append(f"account {account.client_id} begins anew: {reasons}")
    sandbox.accounts.ensure(account)
    return tuple(notes)


def _flask() -> Flask:
    app = Flask("kpn_sandbox", static_folder=None)
    app.url_rule_class = LazyRule
    # The middleware has refused longer bodies; by itself Flask would refuse forms of half the size.
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY_BYTES
    app.url_map.merge_slashes = False
    return app


def _register(app: Flask, parts: Parts, pause: Pause, history: History) -> None:
    settings, sandbox = parts.settings, parts.sandbox
    operations: list[tuple[str, str]] = [(api.key, operation.key) for api in APIS for operation in api.operations]
    operations += [(CONTROL_KEY, operation.key) for operation in CONTROL_OPERATIONS]
    metrics = RequestMetrics(operations, settings.workers)
    lifecycle = RequestLifecycle(sandbox, pause, metrics)
    services = Services(settings, sandbox, lifecycle, history)
    apis = [api.register(app, services) for api in APIS]
    sandbox.request_log.common_headers = {api.key: dict(api.common_headers) for api in APIS}
    # KPN's API answers for paths that no API owns.
    kpn = next(api for api in apis if isinstance(api, KpnApi))
    control_auth = ControlAuth(services.has_secret, parts.admin_token)
    app.register_blueprint(control_routes.blueprint(sandbox, control_auth, APIS, pause))
    app.register_blueprint(control_metrics.blueprint(sandbox, control_auth, metrics))
    app.register_blueprint(documents.blueprint(settings.client_id, _public_secret(settings)))
    demo = (settings.client_id, _public_secret(settings))
    pages = PageViews(sandbox, control_auth, demo, APIS, services.history, pause)
    app.register_blueprint(pages_blueprint(pages))
    app.register_error_handler(Exception, ErrorHandler([_ControlErrors(), *apis], kpn))
    app.before_request(lifecycle.refuse)
    app.after_request(lifecycle.close)
    routes = {path: route for api in apis for path, route in api.fast_routes().items()}
    # A server that knows requests by their bytes asks it directly.
    fast_path = app.extensions[FAST_PATH] = FastPathMiddleware(app.wsgi_app, sandbox, routes, metrics=metrics)
    app.wsgi_app = RequestMiddleware(  # type: ignore[method-assign]
        fast_path, public_url=settings.public_url, hsts=settings.hsts, body_limit=control_routes.body_limit
    )
    if settings.access_log:
        access_log = AccessLogMiddleware(app.wsgi_app, sandbox.wall_clock, _to_standard_error)
        app.wsgi_app = app.extensions[ACCESS_LOG] = access_log  # type: ignore[method-assign]


def _to_standard_error(line: str) -> None:
    # Looked up for each line, because programs may replace it.
    sys.stderr.write(line)
    sys.stderr.flush()


class _ControlErrors:
    """The control API for the error handler: everything below its prefix, known path or not."""

    def owns(self, path: str) -> bool:
        return f"{path}/".startswith(f"{CONTROL_PREFIX}/") or path == control_metrics.PATH

    def error_response(self, error: Exception) -> Response:
        return control_errors.error_response(error)


def _public_secret(settings: Settings) -> str:
    """Return the demo account's secret if it is the published default; empty for a secret that somebody chose."""
    published = Settings(database_url=settings.database_url).client_secret
    return settings.client_secret if settings.client_secret == published else ""
