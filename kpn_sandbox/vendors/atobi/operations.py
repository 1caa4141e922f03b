"""Operations of Atobi's API: method, path, statuses, source, and how well each is known."""

from kpn_sandbox.gateway.operations import Operation

PAGE = 'help.atobi.io, "KPI integration" (article 80)'

TOKEN = Operation("token", "Get Access Token", "POST", "/oauth/token", (200, 400, 401, 405, 413, 429)).described(
    "An access token for the credentials of an integration.", "documented", f"{PAGE}, Getting the Access Token"
)
KPI = Operation(
    "kpi", "Send KPI Data", "POST", "/api/external/{api_version}/kpi", (200, 400, 401, 404, 405, 413, 415, 422, 429)
).described("Take in key figures.", "documented", f"{PAGE}, Sending KPI Data")

OPERATIONS = (TOKEN, KPI)

VERSIONS = ("v1",)
"""Versions of the API; Atobi's page names none."""
