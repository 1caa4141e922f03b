"""Counts and durations of requests in memory that processes share."""

import os

from kpn_sandbox.gateway.request_metrics import BUCKETS, RequestMetrics


def test_figures_of_all_processes_are_added_up():
    """Each process counts in a part of its own; a reader sees the sum, whoever has ended since."""
    metrics = RequestMetrics([("kpn", "agents")], workers=2)
    metrics.count("kpn", "agents", 200, 0.0002)
    for part in (1, 2):
        child = os.fork()
        if child == 0:
            metrics.use_part(part)
            metrics.count("kpn", "agents", 200, 0.004)
            metrics.count("kpn", "agents", 503, 100)
            metrics.set_gauges([part])
            os._exit(0)
        os.waitpid(child, 0)

    (figures,) = metrics.figures()

    assert (figures.api, figures.operation, figures.by_status) == ("kpn", "agents", {200: 3, 503: 2})
    found = {bound: count for bound, count in zip((*BUCKETS, None), figures.by_bucket, strict=True) if count}
    assert found == {0.00025: 1, 0.005: 2, None: 2}
    assert round(figures.seconds, 6) == 200.0082
    assert metrics.gauges()["days_computed"] == 3


def test_an_unknown_operation_counts_for_its_api():
    """A request that has no operation counts for an operation without a name; a broken connection has the status 0."""
    metrics = RequestMetrics([("kpn", "agents"), ("sandbox", "health")])
    metrics.count("sandbox", "nope", 404, 0)
    metrics.count("kpn", "", 0, 0)

    assert [(each.api, each.operation, each.by_status) for each in metrics.figures()] == [
        ("kpn", "", {0: 1}),
        ("sandbox", "", {404: 1}),
    ]
