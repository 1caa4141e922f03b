"""What the journal keeps of a request and its answer."""

from time import perf_counter
from typing import Any

from kpn_sandbox.apis.wire import raw_path, request_id, sent_headers, token_mark
from kpn_sandbox.control.journal import Entry
from kpn_sandbox.control.tenant import Tenant


def entry(
    environ: dict[str, Any],
    tenant: Tenant,
    *,
    api: str,
    operation: str,
    status: int,
    wall_at: float,
    began: float,
    note: str = "",
    retry_after: int | None = None,
) -> Entry:
    """
    An entry.

    Args:
        environ: The request.
        tenant: Whose it is.
        api: The API that was asked.
        operation: What was asked for.
        status: What it was answered.
        wall_at: Wall time when it came.
        began: The stopwatch when it came.
        note: What is worth knowing beside that.
        retry_after: The seconds that the answer told to wait.
    """
    return Entry(
        client_id=tenant.account.client_id,
        id=request_id(environ),
        at=tenant.clock.now(wall_at),
        wall_at=wall_at,
        api=api,
        operation=operation,
        method=environ["REQUEST_METHOD"],
        path=raw_path(environ),
        query=environ.get("QUERY_STRING", ""),
        status=status,
        duration_ms=round((perf_counter() - began) * 1000, 3),
        headers=sent_headers(environ),
        note=note,
        token=token_mark(environ),
        retry_after=retry_after,
    )
