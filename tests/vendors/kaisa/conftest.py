"""A Kaisa client with Digest credentials, as a library would make them."""

import hashlib
import re

import pytest

USER, PASSWORD = "APP_CONSUMER_KEY", "APP_CONSUMER_SECRET"


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def parts(challenge: str) -> dict[str, str]:
    """Return the parameters of a challenge."""
    found = re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', challenge.removeprefix("Digest "))
    return {name: quoted or bare for name, quoted, bare in found}


def credentials(challenge, method, uri, *, user=USER, password=PASSWORD, count=1, cnonce="0a4f113b", **changed):
    """Return the Authorization header of RFC 7616 for a request."""
    given = parts(challenge)
    nc = f"{count:08x}"
    ha1, ha2 = md5(f"{user}:{given['realm']}:{password}"), md5(f"{method}:{uri}")
    given = {
        "username": user,
        "realm": given["realm"],
        "nonce": given["nonce"],
        "uri": uri,
        "response": md5(f"{ha1}:{given['nonce']}:{nc}:{cnonce}:auth:{ha2}"),
        "cnonce": cnonce,
        "algorithm": "MD5",
        **changed,
    }
    quoted = ", ".join(f'{name}="{value}"' for name, value in given.items())
    return f"Digest {quoted}, qop=auth, nc={nc}"


@pytest.fixture
def challenge(client):
    """A fresh challenge."""
    return lambda: client.get("/miscellaneous/ping").headers["WWW-Authenticate"]


@pytest.fixture
def ask(client, challenge):
    """Request with good credentials, each time after a challenge of its own."""

    def ask(path, method="GET", *, data=None, user=USER, password=PASSWORD, **headers):
        header = credentials(challenge(), method, path, user=user, password=password)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.open(path, method=method, data=data, headers={"Authorization": header, **names})

    return ask


@pytest.fixture
def data(ask):
    """Request the data of a widget."""

    def data(name, **query):
        asked = "&".join(f"{key}={value}" for key, value in {"type": name, **query}.items())
        response = ask(f"/widgets/data?{asked}")
        assert response.status_code == 200, response.text
        return response.json["datasources"][0]["data"]

    return data
