"""Operations of the provider: method, path, statuses, source, and how well each is known."""

from kpn_sandbox.gateway.operations import Operation

PAGE = 'apidoc.itxuc.com, "Custom KPI API" (guides/custom-kpi)'

KPI = Operation("kpi", "KPI panel", "GET", "/rest/kpi", (200, 400, 401, 405)).described(
    "Documents about a customer, in sections.", "documented", PAGE
)

OPERATIONS = (KPI,)
