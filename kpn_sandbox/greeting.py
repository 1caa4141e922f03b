"""What a start tells: where the sandbox is, who may enter, and one line to try it with."""

from kpn_sandbox import __version__
from kpn_sandbox.postman import FILES
from kpn_sandbox.settings import Settings
from kpn_sandbox.web import start


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
        *((name, f"{url}{path}") for path, name, _ in start.PAGES),
        ("OpenAPI", f"{url}/openapi/kpn.json"),
        *(("Postman" if name == FILES[0] else "", f"{url}/postman/{name}") for name in FILES),
    ]
    table = "\n".join(f"  {label:<15}{text}" for label, text in rows)
    return f"kpn-sandbox {__version__} at {url}\n\n{table}\n\n  Try it:\n{curl_line(settings, url)}\n"


def curl_line(settings: Settings, url: str) -> str:
    """A line for a POSIX shell that fetches a token and, with it, the agents."""
    return start.curl_line(settings.client_id, settings.client_secret, url)
