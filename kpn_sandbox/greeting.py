"""What a start tells: where the sandbox is, who may enter, and one line to try it with."""

from shlex import quote

from . import __version__
from .client import TOKEN_PATH
from .postman import FILES
from .settings import Settings


def greeting(settings: Settings, url: str, admin_token: str) -> str:
    """
    The lines that are printed before the sandbox is ready.

    Args:
        settings: The settings in force.
        url: The base URL.
        admin_token: The administrator's token.
    """
    rows = [
        ("Demo account", f"client id      {settings.client_id}"),
        ("", f"client secret  {settings.client_secret}"),
        ("Administrator", f"token          {admin_token}"),
        ("Center", f"{settings.agents} agents, scenario {settings.scenario}, clock {settings.clock}"),
        ("OpenAPI", f"{url}/openapi/kpn.json"),
        *(("Postman" if name == FILES[0] else "", f"{url}/postman/{name}") for name in FILES),
    ]
    table = "\n".join(f"  {label:<15}{text}" for label, text in rows)
    return f"kpn-sandbox {__version__} at {url}\n\n{table}\n\n  Try it:\n{curl_line(settings, url)}\n"


def curl_line(settings: Settings, url: str) -> str:
    """A line for a POSIX shell that fetches a token and, with it, the agents."""
    credentials = quote(f"{settings.client_id}:{settings.client_secret}")
    token = f"curl -s -X POST -u {credentials} {quote(url + TOKEN_PATH)}"
    only_token = r"""sed -n 's/.*"access_token" : "\([^"]*\)".*/\1/p'"""
    return f'curl -s -H "Authorization: Bearer $({token} | {only_token})" {quote(url + "/agents")}'
