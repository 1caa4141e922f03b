"""Settings come from the environment and from flags; a wrong value is refused with what would be right."""

from dataclasses import fields

import pytest

from kpn_sandbox.settings import (
    SettingError,
    Settings,
    base_url,
    environment_with,
    from_environment,
    option,
    sandbox_url,
    settings_without_effect,
    variable,
)


def test_defaults_start_a_useful_center():
    """Without any setting there is a demo account with KPN's own example credentials, on port 8080 of this machine."""
    settings = from_environment({})

    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert (settings.client_id, settings.client_secret) == ("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")
    assert (settings.scenario, settings.agents, settings.frozen_at) == ("normal", 50, None)


def test_every_setting_can_be_set_in_the_environment():
    """Each field has a variable named after it, and a good value arrives in its own type."""
    values = {
        "host": ("::1", "::1"),
        "port": ("0", 0),
        "workers": ("4", 4),
        "database_url": ("sqlite:////tmp/x.db", "sqlite:////tmp/x.db"),
        "client_id": ("me", "me"),
        "client_secret": ("s:cret", "s:cret"),
        "admin_token": ("0123456789abcdef", "0123456789abcdef"),
        "seed": ("Größe 7", "Größe 7"),
        "scenario": ("trunk outage", "trunk outage"),
        "agents": ("200", 200),
        "clock": ("2026-11-23T10:00:00+01:00", "2026-11-23T10:00:00+01:00"),
        "base_path": ("/kpn", "/kpn"),
        "token_body": ("v2", "v2"),
        "lenient": ("on", True),
        "journal": ("off", False),
        "journal_bodies": ("on", True),
        "public_url": ("https://example.org/kpi/", "https://example.org/kpi"),
        "hsts": ("off", False),
        "snapshot": ("rush.json", "rush.json"),
        "cache_mb": ("16", 16),
        "access_log": ("on", True),
        "certificate": ("self-signed", "self-signed"),
        "key": ("key.pem", "key.pem"),
        "kaisa_open": ("on", True),
        "bright_pattern_login": ("off", False),
        "bright_pattern_dispositions": ("array", "array"),
        "bright_pattern_subscriptions": ("3", 3),
        "bright_pattern_refresh": ("0", 0),
    }
    environ = {f"KPN_SANDBOX_{name.upper()}": text for name, (text, _) in values.items()}

    settings = from_environment(environ)

    assert settings == Settings(**{name: value for name, (_, value) in values.items()})
    assert set(values) == {field.name for field in fields(Settings)}


def test_flags_win_over_the_environment():
    """A value given on the command line is stronger than the environment; one not given leaves it alone."""
    environ = {"KPN_SANDBOX_PORT": "9000", "KPN_SANDBOX_AGENTS": "10"}

    settings = from_environment(environ, {"port": "9001", "agents": None})

    assert (settings.port, settings.agents) == (9001, 10)


def test_an_empty_variable_counts_as_absent():
    """An empty variable, as Compose files pass it on, means the default."""
    assert from_environment({"KPN_SANDBOX_PORT": ""}).port == 8080


@pytest.mark.parametrize(
    ("name", "text", "right"),
    [
        ("port", "65536", "a whole number from 0 to 65535"),
        ("port", "８０", "a whole number from 0 to 65535"),
        ("workers", "0", "a whole number from 1 to 256"),
        ("agents", "many", "a whole number from 1 to 5000"),
        ("database_url", "sandbox.db", "a URL like sqlite:////srv/sandbox.db"),
        ("database_url", "mysql://x", "postgresql+psycopg://"),
        ("client_id", "a:b", "without colon and slash"),
        ("client_id", "a/b", "without colon and slash"),
        ("client_id", "..", "without colon and slash"),
        ("admin_token", "short", "8 to 128 characters"),
        ("seed", "a\nb", "none of them a control character"),
        ("clock", "2026-11-23T10:00:00", "with offset"),
        ("clock", "1999-01-01T00:00:00Z", "from 2000 to 2100"),
        ("base_path", "kpn", "a path like"),
        ("base_path", "/a/../b", "a path like"),
        ("base_path", "/3.4/widgets", "that nothing else of the sandbox has"),
        ("base_path", "/2.4.9", "that nothing else of the sandbox has"),
        ("token_body", "v3", '"v1" or "v2"'),
        ("lenient", "maybe", "on or off"),
    ],
)
def test_a_wrong_value_is_refused_with_what_would_be_right(name, text, right):
    """The message for a wrong value names the variable, what it may be and what it was."""
    with pytest.raises(SettingError, match=right.replace("+", r"\+")) as refused:
        from_environment({f"KPN_SANDBOX_{name.upper()}": text})

    assert str(refused.value).startswith(f"KPN_SANDBOX_{name.upper()} must be ")


def test_a_wrong_flag_is_named_as_a_flag():
    """The message for a wrong value of a flag names the flag, not a variable."""
    with pytest.raises(SettingError, match="^--base-path must be "):
        from_environment({}, {"base_path": "kpn"})


def test_a_frozen_clock_has_an_instant():
    """The instant of a frozen clock is in seconds since the epoch."""
    assert Settings(clock="1970-01-01T00:00:00Z").frozen_at is None
    assert Settings(clock="2026-11-23T10:00:00+01:00").frozen_at == 1795424400.0


def test_names_follow_from_the_field():
    """Variable and flag of a setting are the name of its field, spelled as such."""
    [setting] = [field for field in fields(Settings) if field.name == "base_path"]

    assert (variable(setting), option(setting)) == ("KPN_SANDBOX_BASE_PATH", "--base-path")


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
    ],
)
def test_the_base_url_can_be_reached_from_this_machine(host, url):
    """A server on all addresses is reached on loopback, and IPv6 addresses stand in brackets."""
    assert base_url(host, 80) == url


def test_the_running_sandbox_is_found_by_its_variable():
    """`KPN_SANDBOX_URL` names the sandbox; without it the settings do."""
    assert sandbox_url(Settings(), {"KPN_SANDBOX_URL": "http://box:1/"}) == "http://box:1"
    assert sandbox_url(Settings(port=9000), {}) == "http://127.0.0.1:9000"


def test_a_child_process_gets_settings_as_variables():
    """The environment of a child process is that of this process and the given settings."""
    environ = environment_with({"url": "http://box"})

    assert environ["KPN_SANDBOX_URL"] == "http://box"
    assert "PATH" in environ


def test_settings_of_earlier_versions_are_named():
    """A variable or flag that has no effect any more is told; an empty variable counts as absent."""
    environ = {"KPN_SANDBOX_THREADS": "8", "KPN_SANDBOX_BIND_CPUS": ""}

    lines = settings_without_effect(["bind_cpus"], environ)

    assert [line.split()[0] for line in lines] == ["--bind-cpus", "KPN_SANDBOX_THREADS"]
    assert settings_without_effect([], {}) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://user:hidden1@host/name"),
        ("DATABASE_URL", "postgres://user:hid@den1:x@host/name"),
        ("DATABASE_URL", "postgresql://host/name?password=hidden1"),
        ("DATABASE_URL", "user:hidden1@host"),
        ("CLIENT_SECRET", "hidden1 "),
        ("ADMIN_TOKEN", "hidden1"),
    ],
)
def test_a_wrong_setting_tells_no_secret(name, value):
    """The message about a wrong value leaves out passwords in it, whatever the scheme of the URL."""
    with pytest.raises(SettingError) as raised:
        from_environment({f"KPN_SANDBOX_{name}": value})

    assert "hidden1" not in str(raised.value) and "den1" not in str(raised.value)
    assert f"KPN_SANDBOX_{name} must be" in str(raised.value)


def test_a_file_of_settings_is_below_environment_and_flags(tmp_path):
    """Values of TOML count where neither the environment nor the command line has one, in whatever type they are."""
    file = tmp_path / "rush.toml"
    file.write_text(
        'port = 9000\nagents = 7\nscenario = "peak"\njournal = false\n'
        'clock = 2026-11-23T10:00:00+01:00\nbase-path = "/x"\n'
    )

    settings = from_environment({"KPN_SANDBOX_CONFIG": str(file), "KPN_SANDBOX_AGENTS": "8"}, {"port": "9001"})

    assert (settings.port, settings.agents, settings.scenario) == (9001, 8, "peak")
    assert (settings.journal, settings.frozen_at, settings.base_path) == (False, 1795424400.0, "/x")
    assert from_environment({}, {"config": str(file)}).agents == 7


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("kpn-sandbox.toml", "agents = 7\n"),
        ("pyproject.toml", "[tool.kpn-sandbox]\nagents = 7\n[tool.x]\nagents = 8\n"),
    ],
)
def test_a_file_of_the_working_directory_counts(tmp_path, monkeypatch, name, text):
    """`kpn-sandbox.toml`, or the project's own file, is read without being named."""
    (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)

    assert from_environment().agents == 7
    assert from_environment({}).agents == 50


def test_a_project_of_others_is_no_file_of_settings(tmp_path, monkeypatch):
    """A project's file without our table changes nothing, whatever is in it."""
    (tmp_path / "pyproject.toml").write_text("[tool.black]\nbroken = = 1")
    monkeypatch.chdir(tmp_path)

    assert from_environment().agents == 50


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("agnets = 7", "agnets in {file} is no setting. Did you mean 'agents'?"),
        ("agents = 0", "agents in {file} must be a whole number from 1 to 5000, not '0'"),
        ("agents = [1]", "agents in {file} must be a text, a whole number"),
        ("agents = ", "settings file {file} must be TOML"),
        ('client_secret = "a b"', "client_secret in {file} must be 1 to 128 visible ASCII characters, not '***'"),
        (None, "settings file {file} cannot be read: No such file or directory"),
    ],
)
def test_a_wrong_file_of_settings_is_one_line(tmp_path, text, line):
    """The line names the file, and the field and what would be right where there is one; no secret is repeated."""
    file = tmp_path / "kpn-sandbox.toml"
    if text is not None:
        file.write_text(text)

    with pytest.raises(SettingError) as refused:
        from_environment({"KPN_SANDBOX_CONFIG": str(file)})

    assert str(refused.value).startswith(line.format(file=file)) and "\n" not in str(refused.value)


def test_the_port_of_a_platform_is_honored():
    """`PORT` counts below the variable of our own, and is named when it is wrong."""
    assert from_environment({"PORT": "9000"}).port == 9000
    assert from_environment({"PORT": "9000", "KPN_SANDBOX_PORT": "9001"}).port == 9001
    with pytest.raises(SettingError, match="^PORT must be"):
        from_environment({"PORT": "eighty"})


def test_secrets_come_from_files(tmp_path):
    """A variable that ends in _FILE names a file with the secret, as containers have them."""
    file = tmp_path / "secret"
    file.write_text("hush\n")

    assert from_environment({"KPN_SANDBOX_CLIENT_SECRET_FILE": str(file)}).client_secret == "hush"
    with pytest.raises(SettingError, match="^KPN_SANDBOX_ADMIN_TOKEN_FILE must name"):
        from_environment({"KPN_SANDBOX_ADMIN_TOKEN_FILE": str(tmp_path / "none")})
