"""
`GET /metrics`: figures of the sandbox for Prometheus, in its text format 0.0.4.

It stands beside `PREFIX`, where Prometheus looks by default. `prometheus_client` is an extra, and is imported when the
figures are first asked for; they are counted without it.

Source:
    https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Iterable
from itertools import accumulate
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import func, select

from kpn_sandbox.control_api.auth import ControlAuth
from kpn_sandbox.control_api.errors import ProblemError
from kpn_sandbox.control_api.operations import Access
from kpn_sandbox.gateway.request_metrics import BUCKETS, RequestMetrics
from kpn_sandbox.storage.tables import accounts
from kpn_sandbox.tenants.sandbox import Sandbox

PATH = "/metrics"
_HELP = {
    "days_computed": "Days that were simulated since the start.",
    "days_cached": "Days, and what was derived from them, in the caches.",
    "cache_bytes": "Bytes of the days in the caches.",
    "centers_cached": "Contact centers in the caches.",
    "accounts_cached": "Accounts in the caches.",
    "request_heads_cached": "Heads of requests that are known by their bytes.",
}
_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_COUNTER = "days_computed"


def blueprint(sandbox: Sandbox, auth: ControlAuth, metrics: RequestMetrics) -> Blueprint:
    """
    Return the blueprint of `GET /metrics`.

    Args:
        sandbox: Accounts and caches.
        auth: Authenticates the administrator.
        metrics: The figures.
    """

    def view() -> Response:
        auth.authenticate(request, Access.ADMIN, None)
        metrics.set_gauges(sandbox.cache_figures())
        with sandbox.database.read() as connection:
            number = connection.scalar(select(func.count()).select_from(accounts)) or 0
        text = exposition(metrics, number)
        return Response(text, content_type=_CONTENT_TYPE, headers={"Cache-Control": "no-store"})

    routes = Blueprint("metrics", __name__)
    routes.add_url_rule(PATH, "show", view, methods=["GET"], provide_automatic_options=False)
    return routes


def exposition(metrics: RequestMetrics, accounts: int) -> bytes:
    """
    Return the figures as text for Prometheus.

    Args:
        metrics: Figures of requests and caches.
        accounts: Number of accounts.

    Raises:
        ProblemError: 501 without the extra.
    """
    try:
        from prometheus_client import CollectorRegistry, generate_latest
    except ImportError:
        text = "Figures for Prometheus need the extra: pip install 'kpn-sandbox[metrics]', and start anew."
        raise ProblemError(501, text) from None
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(metrics, accounts))
    return generate_latest(registry)


class _Collector:
    """Families of figures, as `prometheus_client` collects them."""

    def __init__(self, metrics: RequestMetrics, accounts: int) -> None:
        self._metrics = metrics
        self._accounts = accounts

    def collect(self) -> Iterable[Any]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        labels = ["api", "operation"]
        requests = CounterMetricFamily(
            "kpn_sandbox_requests", "Requests; status 0 is a connection broken on purpose.", labels=[*labels, "status"]
        )
        durations = HistogramMetricFamily("kpn_sandbox_request_duration_seconds", "Time to respond.", labels=labels)
        for each in self._metrics.figures():
            names = [each.api, each.operation]
            for status, count in each.by_status.items():
                requests.add_metric([*names, str(status)], count)
            bounds = [*map(str, BUCKETS), "+Inf"]
            buckets = list(zip(bounds, accumulate(each.by_bucket), strict=True))
            durations.add_metric(names, buckets, each.seconds)
        yield requests
        yield durations
        yield GaugeMetricFamily("kpn_sandbox_accounts", "Accounts in the database.", value=self._accounts)
        for name, value in self._metrics.gauges().items():
            family = CounterMetricFamily if name == _COUNTER else GaugeMetricFamily
            yield family(f"kpn_sandbox_{name}", _HELP[name], value=value)
