"""What can be asked: method, path, answers, source and how well each is known."""

from kpn_sandbox.gateway.api import Operation

PAGE = 'apidoc.itxuc.com, "Custom KPI API" (guides/custom-kpi)'

KPI = Operation(
    "kpi",
    "KPI panel",
    "GET",
    "/rest/kpi",
    "Documents about a customer, in sections.",
    (200, 400, 401, 405),
    "documented",
    PAGE,
)

OPERATIONS = (KPI,)
