"""gunicorn's configuration for workers that keep to one CPU each."""

from typing import Any

from kpn_sandbox.server.gunicorn_server import bind_to_cpu


def post_fork(server: Any, worker: Any) -> None:
    """Bind a new worker."""
    bind_to_cpu(worker.age)
