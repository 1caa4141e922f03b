"""
Settings of a start, with their environment variables and flags.

No other module reads the environment. Each setting is one field of `Settings`; its metadata is the one place that names
its environment variable, its flag and what it does, so that command line and manual cannot drift apart.
"""

import os
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import Field, dataclass, field, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from kpn_sandbox.literals import CLIENT_ID_ALLOWED, CLIENT_ID_PATTERN, DEMO_CLIENT_ID, DEMO_CLIENT_SECRET, MOST_AGENTS
from kpn_sandbox.validation import InvalidValue, Rule, digits, matching, near_miss, parse_instant, whole_number

PREFIX = "KPN_SANDBOX_"
RUNNING = "running"
_ON = ("on", "true", "yes", "1")
SWITCH_WORDS = (*_ON, "off", "false", "no", "0")
"""Spellings of on and off in the environment."""

_SECRETS = ("client_secret", "admin_token")
_FROM_FILES = (*_SECRETS, "database_url")
"""Settings that may come from a file which a variable names, such as `KPN_SANDBOX_CLIENT_SECRET_FILE`."""


CONFIG_FILE, PROJECT_FILE = "kpn-sandbox.toml", "pyproject.toml"
"""Files of the working directory that may hold settings; the first one wins."""

_LARGEST_CONFIG = 1024 * 1024

GONE = ("threads", "bind_cpus")
"""Settings of earlier versions: a worker serves all its requests in one loop, wherever the system runs it."""


class SettingError(ValueError):
    """A setting has a wrong value; the message says in one line what would be right."""


SELF_SIGNED = "self-signed"
"""The certificate that the sandbox makes itself."""


def data_folder() -> Path:
    """Return the user's data folder, which need not exist."""
    # Imported here because tests and containers name a database, and the import takes time.
    from platformdirs import user_data_path

    return user_data_path("kpn-sandbox", appauthor=False)


def default_database_url() -> str:
    """Return the URL of the SQLite file in the user's data folder; creates the folder."""
    folder = data_folder()
    # When the folder cannot be created, opening the database fails with an error that names it.
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return f"sqlite:///{folder / 'sandbox.db'}"


def _setting(default: Any, rule: Rule[Any], summary: str, *, flag: bool = True, shown: str = "") -> Any:
    metadata = {"rule": rule, "summary": summary, "flag": flag, "shown": shown or str(default)}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


def _whole_number(low: int, high: int) -> Rule[int]:
    return digits(whole_number(low, high))


def _frozen_at(text: str) -> float | None:
    """Return the instant at which a clock is frozen, in epoch seconds; None when the text is no such instant."""
    try:
        instant = parse_instant(text)
    except ValueError:
        return None
    return instant if 2000 <= datetime.fromisoformat(text).year <= 2100 else None


_CLOCK: Rule[str] = Rule(
    f'"{RUNNING}" or an instant from 2000 to 2100 with offset, like 2026-11-23T10:00:00+01:00',
    lambda text: text == RUNNING or _frozen_at(text) is not None,
)
_SWITCH = Rule("on or off", lambda text: text.lower() in SWITCH_WORDS, lambda text: text.lower() in _ON)
"""On or off, in the spellings that are usual in environment files."""

_CLIENT_ID = matching(CLIENT_ID_PATTERN, CLIENT_ID_ALLOWED)
_SECRET = matching(r"[!-~]{1,128}", "1 to 128 visible ASCII characters")
_TOKEN = matching(r"[A-Za-z0-9._~+/-]{8,128}=*", "8 to 128 characters that a bearer token may have")
_SEED = matching(r"[^\x00-\x1f\x7f]{1,128}", "1 to 128 characters, none of them a control character")
_TEXT = matching(r"[^\x00-\x1f\x7f]{1,1000}", "text without control characters")
_HOST = matching(r"[0-9A-Za-z.:%_-]{1,255}", "a host name or an IP address")
_URL = matching(
    r"(sqlite|postgresql\+psycopg)://.*", "a URL like sqlite:////srv/sandbox.db or postgresql+psycopg://user@host/name"
)
_OTHER_PATHS = (
    "_sandbox|agents?|api/(external|widgets)|assets|compare|configapi|console|customers|docs|history|manual|metrics|"
    "miscellaneous|oauth|openapi|panel|postman|queues?|recordings|requests|rest|segments|sources|statistics|statsapi|"
    "trunks?|users|wallboard|widgets"
)
"""Beginnings of the paths that the sandbox, its pages and the vendors' APIs have at the root."""
_BASE_PATH = matching(
    rf"|/|(?!/((v?[0-9.]+/)?({_OTHER_PATHS})|v?[0-9]+(\.[0-9]+)+)(/|\Z))(/(?!\.\.?(/|\Z))[A-Za-z0-9._~-]+)+",
    'a path like /communication/kpn/dashboard-server that nothing else of the sandbox has, or "/" for none',
)
_PORT = "(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})"
_PUBLIC_URL: Rule[str] = Rule(
    "a URL like https://example.org/sandbox, without query",
    lambda text: (
        re.fullmatch(rf"https?://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:{_PORT})?(/[A-Za-z0-9._~-]+)*/?", text)
        is not None
    ),
    lambda text: text.rstrip("/"),
)
_DISPOSITIONS = matching(r"object|array", '"object" or "array"')
_TOKEN_BODY = matching(r"v1|v2", '"v1" or "v2"')


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings of a start; the defaults start a useful center."""

    host: str = _setting("127.0.0.1", _HOST, "Address to listen on.")
    port: int = _setting(8080, _whole_number(0, 65535), "Port to listen on; 0 takes a free one.")
    workers: int = _setting(1, _whole_number(1, 256), "Worker processes.")
    database_url: str = _setting(
        default_database_url, _URL, "Where accounts and tokens are kept.", shown="SQLite file in the user's data folder"
    )
    client_id: str = _setting(DEMO_CLIENT_ID, _CLIENT_ID, "Client id of the demo account.")
    client_secret: str = _setting(DEMO_CLIENT_SECRET, _SECRET, "Client secret of the demo account.")
    admin_token: str | None = _setting(
        None, _TOKEN, "Token of the administrator.", flag=False, shown="generated once and kept"
    )
    seed: str | None = _setting(None, _SEED, "Seed of the demo account's center.", shown="the client id")
    scenario: str = _setting("normal", _TEXT, "Scenario of the demo account's center.")
    agents: int = _setting(50, _whole_number(1, MOST_AGENTS), "Agents of the demo account's center.")
    clock: str = _setting(RUNNING, _CLOCK, "Clock of the demo account: running, or where it stands still.")
    base_path: str = _setting(
        "/communication/kpn/dashboard-server", _BASE_PATH, "Second home of the KPN paths, beside the root."
    )
    token_body: str = _setting("v1", _TOKEN_BODY, "Token answer: v1 as documented, v2 as since 2020.")
    lenient: bool = _setting(
        False,
        _SWITCH,
        "Accept grant_type in the form and BearerToken, and make accounts of unknown credentials.",
        shown="off",
    )
    journal: bool = _setting(True, _SWITCH, "Write down what each account asked for.", shown="on")
    journal_bodies: bool = _setting(
        False, _SWITCH, "Write down bodies of requests, and of answers that are not 2xx.", shown="off"
    )
    public_url: str | None = _setting(
        None, _PUBLIC_URL, "Base of every generated URL, for a sandbox behind a proxy.", shown="that of the Host header"
    )
    hsts: bool = _setting(True, _SWITCH, "Send Strict-Transport-Security, as KPN documents it.", shown="on")
    snapshot: str | None = _setting(
        None, _TEXT, "JSON file with snapshots, whose accounts are made at the start.", shown="none"
    )
    cache_mb: int = _setting(128, _whole_number(1, 65536), "Megabytes for the caches of one worker together.")
    access_log: bool = _setting(False, _SWITCH, "Write a line for each request to standard error.", shown="off")
    certificate: str | None = _setting(
        None, _TEXT, "PEM file with a certificate, for HTTPS; self-signed makes one for localhost.", shown="none"
    )
    key: str | None = _setting(None, _TEXT, "PEM file with the certificate's private key.", shown="none")
    kaisa_open: bool = _setting(
        False, _SWITCH, "Let anybody read the widgets data of the demo account at Kaisa.", shown="off"
    )
    bright_pattern_login: bool = _setting(
        True, _SWITCH, "Let Bright Pattern's users log in in the old way; off as from release 5.36.", shown="on"
    )
    bright_pattern_dispositions: str = _setting(
        "object", _DISPOSITIONS, "Dispositions of Bright Pattern: object as on the page, array as in the reference."
    )
    bright_pattern_subscriptions: int = _setting(
        10, _whole_number(1, 1000), "Users of one account who may have a subscription at Bright Pattern."
    )
    bright_pattern_refresh: int = _setting(
        1, _whole_number(0, 3600), "Seconds until a new subscription at Bright Pattern has data."
    )

    @property
    def frozen_at(self) -> float | None:
        """Instant at which the demo account's clock is frozen, in epoch seconds; None when it runs."""
        return None if self.clock == RUNNING else _frozen_at(self.clock)


def variable(setting: Field[Any]) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + setting.name.upper()


def option(setting: Field[Any]) -> str:
    """Return the flag of a setting."""
    return "--" + setting.name.replace("_", "-")


def from_environment(
    environ: Mapping[str, str] | None = None, overrides: Mapping[str, str | None] | None = None
) -> Settings:
    """
    Return the settings that environment and command line give.

    Args:
        environ: Environment variables; by default those of the process, below which a file of settings counts. An empty
            value counts as absent.
        overrides: Values of the command line by the setting's name, which win; None counts as absent. `config` names
            the file of settings.

    Raises:
        SettingError: A value is wrong, or the file cannot be used.
    """
    overrides = overrides or {}
    # What hands in an environment wants no file of the working directory.
    folder = Path() if environ is None else None
    environ = os.environ if environ is None else environ
    config = overrides.get("config") or environ.get(PREFIX + "CONFIG")
    file = _config_values(Path(config)) if config else _values_in(folder)
    values: dict[str, Any] = {}
    for setting in fields(Settings):
        given = overrides.get(setting.name)
        if given is not None:
            values[setting.name] = _parsed(setting, given, option(setting))
            continue
        for origin, text in (*_of_environment(setting, environ), *file.get(setting.name, ())):
            values[setting.name] = _parsed(setting, text, origin)
            break
    return Settings(**values)


_Values = Mapping[str, tuple[tuple[str, str], ...]]
"""Values by setting, each with the words that name it in an error."""


def _of_environment(setting: Field[Any], environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The values of a setting in the environment, each with its variable, the strongest first."""
    name = variable(setting)
    if environ.get(name):
        yield name, environ[name]
    if setting.name in _FROM_FILES and environ.get(f"{name}_FILE"):
        yield f"{name}_FILE", _secret_in(f"{name}_FILE", Path(environ[f"{name}_FILE"]))
    # Platforms that run containers say by this variable where they expect the program; KPN_SANDBOX_PORT wins.
    if setting.name == "port" and environ.get("PORT"):
        yield "PORT", environ["PORT"]


def _secret_in(origin: str, file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig").strip()
    except (OSError, ValueError):
        raise SettingError(f"{origin} must name a text file that can be read, not {str(file)!r}") from None


def _values_in(folder: Path | None) -> _Values:
    """The settings of the files in a folder; none without a folder."""
    if folder is None:
        return {}
    if (folder / CONFIG_FILE).is_file():
        return _config_values(folder / CONFIG_FILE)
    if (folder / PROJECT_FILE).is_file():
        return _config_values(folder / PROJECT_FILE, optional=True)
    return {}


def _config_values(file: Path, *, optional: bool = False) -> _Values:
    """The settings in a TOML file; one that need not be ours may be unreadable."""
    try:
        text = file.read_bytes()
        if optional and b"kpn-sandbox" not in text:
            return {}
        table: Any = tomllib.loads(text[:_LARGEST_CONFIG].decode("utf-8-sig"))
    except OSError as error:
        raise SettingError(f"settings file {file} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise SettingError(f"settings file {file} must be TOML: {' '.join(str(error).split())}") from None
    if file.name == PROJECT_FILE:
        for name in ("tool", "kpn-sandbox"):
            table = table.get(name, {}) if isinstance(table, dict) else {}
    known = {setting.name: setting for setting in fields(Settings)}
    values = {}
    for key, value in table.items():
        setting = known.get(key.replace("-", "_"))
        if setting is None:
            meant = near_miss(key.replace("-", "_").lower().removeprefix(PREFIX.lower()), known)
            raise SettingError(f"{key} in {file} is no setting.{meant}")
        values[setting.name] = ((f"{key} in {file}", _as_text(f"{key} in {file}", value)),)
    return values


def _as_text(origin: str, value: Any) -> str:
    """Return a value of TOML as the environment would spell it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int):
        return str(value)
    raise SettingError(f"{origin} must be a text, a whole number, an instant, true or false, not {value!r:.100}")


def masked_url(text: str) -> str:
    """Return a URL, or what was meant as one, without the password of its user or its query."""
    text = re.sub(r"((?://|^)[^/:@\s]*:).*@", r"\1***@", text)
    return re.sub(r"(?i)([?&;][^=&;]*(?:pass|pwd|secret|key)[^=&;]*=)[^&;]*", r"\1***", text)


def _parsed(setting: Field[Any], text: str, origin: str) -> Any:
    try:
        return setting.metadata["rule"](origin, text)
    except InvalidValue as error:
        # What is no right URL may still hold a password; that of a user, or a secret, is never shown.
        shown = {"database_url": masked_url(text)}.get(setting.name, "***" if setting.name in _SECRETS else text)
        raise SettingError(str(InvalidValue(origin, shown, error.allowed))) from None


def settings_without_effect(given: Collection[str], environ: Mapping[str, str] | None = None) -> list[str]:
    """
    Return a line for each setting of an earlier version that is still set.

    Args:
        given: Names of such settings on the command line.
        environ: Environment variables, those of the process by default.
    """
    environ = os.environ if environ is None else environ
    flags = [f"--{name.replace('_', '-')}" for name in GONE if name in given]
    variables = [PREFIX + name.upper() for name in GONE if environ.get(PREFIX + name.upper())]
    return [f"{name} has no effect any more and can be left out" for name in (*flags, *variables)]


def hide_from_libraries(*names: str) -> None:
    """Take variables out of the environment that a library would take for its own, whatever they hold."""
    for name in names:
        os.environ.pop(name, None)


def sandbox_url(settings: Settings, environ: Mapping[str, str] | None = None) -> str:
    """
    Return the base URL of the running sandbox: `KPN_SANDBOX_URL`, or else the address in the settings.

    Args:
        settings: Settings with host and port.
        environ: Environment variables, those of the process by default.
    """
    environ = os.environ if environ is None else environ
    return environ.get(PREFIX + "URL", "").rstrip("/") or base_url(
        settings.host, settings.port, is_secure=settings.certificate is not None
    )


def remote_sandbox(environ: Mapping[str, str] | None = None) -> tuple[str, str] | None:
    """
    Return base URL and administrator's token of the sandbox that tests shall use.

    Returns:
        None when `KPN_SANDBOX_URL` is not set, so that tests start a sandbox of their own.

    Raises:
        SettingError: `KPN_SANDBOX_ADMIN_TOKEN` is not set beside it.
    """
    environ = os.environ if environ is None else environ
    url, token = (environ.get(PREFIX + name, "") for name in ("URL", "ADMIN_TOKEN"))
    if url and not token:
        raise SettingError("KPN_SANDBOX_ADMIN_TOKEN must hold the administrator's token beside KPN_SANDBOX_URL")
    return (url.rstrip("/"), token) if url else None


def base_url(host: str, port: int, *, is_secure: bool = False) -> str:
    """
    Return the URL by which this machine reaches a server.

    Args:
        host: Address that the server listens on; those that stand for all addresses become the loopback's.
        port: Port of the server.
        is_secure: Whether it is a server of HTTPS.
    """
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    scheme = "https" if is_secure else "http"
    return f"{scheme}://[{reachable}]:{port}" if ":" in reachable else f"{scheme}://{reachable}:{port}"


def environment_with(values: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a child process: that of this process, with values of settings by their names."""
    return {**os.environ, **{PREFIX + name.upper(): value for name, value in values.items()}}
