"""HTTPS: certificates, and connections whose deadlines hold during TLS, too."""

import json
import signal
import socket
import ssl
import subprocess
import sys
import time
from http.client import HTTPSConnection
from urllib.request import Request, urlopen

import pytest

from kpn_sandbox.server.tls import self_signed, tls_of
from kpn_sandbox.settings import SettingError, Settings, environment_with

NOW = 1_795_424_400.0
TOKEN = "/oauth/client_credential/accesstoken?grant_type=client_credentials"


def test_a_certificate_is_made_once(tmp_path):
    """The files are kept while the certificate is valid, are made anew after that, and nobody else reads the key."""
    files = self_signed(tmp_path / "data", NOW)
    made = [file.read_bytes() for file in files]

    assert self_signed(tmp_path / "data", NOW + 86_400) == files
    assert [file.read_bytes() for file in files] == made
    self_signed(tmp_path / "data", NOW + 365 * 86_400)
    assert files[0].read_bytes() != made[0]
    assert files[1].stat().st_mode & 0o777 == 0o600


def test_files_that_are_no_pair_are_one_line(tmp_path):
    """The error names the flags and not what is in the files."""
    certificate, key = self_signed(tmp_path / "one", NOW)
    _, other = self_signed(tmp_path / "two", NOW)
    none = tmp_path / "none.pem"

    assert tls_of(Settings(database_url="", certificate=str(certificate), key=str(key))).certificate == certificate
    assert tls_of(Settings(database_url="")) is None
    for wrong in ((certificate, other), (certificate, none), (none, key), (key, certificate)):
        with pytest.raises(
            SettingError, match="--certificate and --key must name PEM files that are a pair"
        ) as refused:
            tls_of(Settings(database_url="", certificate=str(wrong[0]), key=str(wrong[1])))
        assert "\n" not in str(refused.value)
    with pytest.raises(SettingError, match="--key must stand beside --certificate"):
        tls_of(Settings(database_url="", key=str(key)))
    with pytest.raises(SettingError, match="--certificate self-signed makes its own key: leave out --key"):
        tls_of(Settings(database_url="", certificate="self-signed", key=str(key)))


@pytest.fixture
def served(tmp_path):
    """A sandbox with a certificate that it has made; its URL and what a client needs to trust it."""
    environ = environment_with({"database_url": f"sqlite:///{tmp_path}/sandbox.db"}) | {"XDG_DATA_HOME": str(tmp_path)}
    # gunicorn would take these for its own.
    environ |= {"PORT": "none", "WEB_CONCURRENCY": "none"}
    words = ["serve", "--port", "0", "--agents", "5", "--certificate", "self-signed"]
    command = [sys.executable, "-m", "kpn_sandbox", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("Ready: "):
                break
        path = next(line.split(maxsplit=1)[1].strip() for line in lines if "Certificate" in line)
        yield lines[-1].removeprefix("Ready: ").strip(), ssl.create_default_context(cafile=path)
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert process.wait(20) == 0 and time.monotonic() - began < 10


@pytest.mark.slow
def test_clients_speak_https(served):
    """Requests are answered over TLS, one after the other on a connection; generated URLs are of HTTPS."""
    url, context = served
    assert url.startswith("https://127.0.0.1:")
    basic = {"Authorization": "Basic QVBQX0NPTlNVTUVSX0tFWTpBUFBfQ09OU1VNRVJfU0VDUkVU"}
    with urlopen(Request(url + TOKEN, b"", basic), context=context) as response:
        token = json.load(response)["access_token"]

    connection = HTTPSConnection(url.removeprefix("https://"), context=context)
    for _ in range(3):
        connection.request("GET", "/agents", headers={"Authorization": f"Bearer {token}"})
        response = connection.getresponse()
        assert (response.status, len(json.load(response)["DataSet"]["agents"])) == (200, 5)
    connection.close()
    with urlopen(f"{url}/openapi/kpn.json", context=context) as response:
        assert json.load(response)["servers"][0]["url"].startswith("https://")


@pytest.mark.slow
def test_who_speaks_no_tls_holds_up_nobody(served):
    """Plain HTTP and half a handshake are closed or wait, and others are answered meanwhile; a stop waits for none."""
    url, context = served
    address = ("127.0.0.1", int(url.rpartition(":")[2]))
    with socket.create_connection(address, 5) as plain, socket.create_connection(address, 5) as silent:
        plain.sendall(b"GET /agents HTTP/1.1\r\nHost: x\r\n\r\n")
        silent.sendall(b"\x16\x03\x01")

        refusal = plain.recv(1000)
        assert refusal.startswith(b"HTTP/1.1 400 ") and b"must begin with https://" in refusal
        with urlopen(f"{url}/_sandbox/health", context=context) as response:
            assert response.status == 200
