"""
The host that a request names, and the URLs that responses name in turn.

Werkzeug takes a host with an underscore, as Docker Compose names containers, for none at all; so URLs are built here.

Source:
    RFC 9110, section 7.2, and RFC 9112, section 3.2, for the Host header.
"""

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

PUBLIC_URL = "kpn_sandbox.public_url"
"""Environment key of the setting `public_url`, which is the base of every generated URL where it is set."""

_LABEL = "[A-Za-z0-9_~-]{1,63}"
_HOST = re.compile(rf"(\[[0-9A-Fa-f:.]+\]|{_LABEL}(?:\.{_LABEL})*\.?)(?::([0-9]{{0,5}}))?")
_DEFAULT_PORTS = {"http": "80", "https": "443"}
# Names that no web page can own, because only this machine or a container's own resolver knows them.
_OWN_NAMES = ("localhost", "host.docker.internal")


class Host(NamedTuple):
    """A host, an IPv6 address in brackets, and the digits of a port, empty for none."""

    name: str
    port: str

    @property
    def address(self) -> str:
        """Return the name in lower case, an IPv6 address without brackets."""
        return self.name.strip("[]").lower()


@lru_cache(maxsize=1000)
def parse_host(text: str) -> Host | None:
    """Return the host that a Host header names, None for one that cannot be read (two are joined by a comma)."""
    found = _HOST.fullmatch(text)
    if found is None or int(found[2] or 0) > 65_535:
        return None
    host = Host(found[1], found[2] or "")
    return host if host.name[0] != "[" or (":" in host.name and _is_address(host.address)) else None


def base_url(environ: dict[str, Any]) -> str:
    """Return the URL of the sandbox as the client of a request sees it, without a slash at the end."""
    public: str | None = environ.get(PUBLIC_URL)
    if public is not None:
        return public
    scheme = environ["wsgi.url_scheme"]
    name, port = parse_host(environ.get("HTTP_HOST", "")) or _server(environ)
    port = "" if port in ("", _DEFAULT_PORTS.get(scheme)) else f":{port}"
    return f"{scheme}://{name}{port}{quote(environ.get('SCRIPT_NAME', '').encode('latin-1'))}"


def own_url(environ: dict[str, Any]) -> str:
    """Return the URL of a request without its query, as its client sees it."""
    return base_url(environ) + quote(environ["PATH_INFO"].encode("latin-1"), safe="/!$&'()*+,:;=@~")


def is_own_origin(environ: dict[str, Any], origin: str) -> bool:
    """
    Whether an Origin header names the server of a request.

    Args:
        environ: WSGI environment of the request.
        origin: The header.
    """
    own = urlsplit(base_url(environ))
    return origin.lower() in (f"{own.scheme}://{own.netloc}".lower(), f"{own.scheme}://{environ.get('HTTP_HOST')}")


def may_be_foreign(environ: dict[str, Any]) -> bool:
    """
    Whether a page of another site may have sent a request to a server that only this machine reaches.

    The owner of a name can let it resolve to 127.0.0.1, whose pages then count as this server's own (DNS rebinding).
    Nobody can do so with an address, with a name without a dot, or with a name that is reserved for this machine.
    """
    if not is_loopback(environ.get("SERVER_NAME", "")) or not environ.get("HTTP_HOST"):
        return False
    host = parse_host(environ["HTTP_HOST"])
    if host is None:
        return True
    name = host.address.removesuffix(".")
    own = "." not in name or name in _OWN_NAMES or name.endswith(".localhost") or _is_address(name)
    return not own and name != urlsplit(environ.get(PUBLIC_URL) or "").hostname


def is_loopback(name: str) -> bool:
    """Whether a name or an address is that of the machine itself."""
    if name.lower() == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _server(environ: dict[str, Any]) -> Host:
    name = environ.get("SERVER_NAME", "localhost")
    return Host(f"[{name}]" if ":" in name else name, environ.get("SERVER_PORT", ""))
