"""
Requests that would not be answered as usual now: those that meet a fault or a used up quota.

It is computed from the fault plans and the counts, so that nobody who looks uses anything up.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kpn_sandbox.control_api.serializers import instant_text
from kpn_sandbox.gateway.api import VendorApi
from kpn_sandbox.gateway.operations import Endpoint, phrase
from kpn_sandbox.gateway.reasons import FAULT, QUOTA
from kpn_sandbox.tenants.faults import ANY_OPERATION, FaultPlan, Outcome, next_outcome
from kpn_sandbox.tenants.quota import Quota, QuotaCount
from kpn_sandbox.tenants.tenant import Tenant

_TOO_MANY = 429

Record = dict[str, Any]


class _Cause(NamedTuple):
    """What happens to a request, and a text that is the same for requests to which the same happens."""

    record: Record
    identity: str


class QuotaUse(NamedTuple):
    """A quota with the requests counted in the window of an instant."""

    quota: Quota
    used: int
    resets_at: int
    """When the next window begins, in epoch seconds."""

    @property
    def exhausted(self) -> bool:
        """Whether the next request is rejected."""
        return self.used >= self.quota.limit

    def record(self) -> Record:
        """Return the quota with what is used of it, as JSON values."""
        left = max(0, self.quota.limit - self.used)
        reset = instant_text(self.resets_at)
        return {**self.quota.to_dict(), "used": self.used, "remaining": left, "resets_at": reset}


def quota_use(quota: Quota, counts: Iterable[QuotaCount], counter: str, now: float) -> QuotaUse:
    """
    Return what is used of a quota, and count nothing.

    Args:
        quota: The quota.
        counts: What was counted for the account.
        counter: Key of the API, with the suffix of operations that are counted apart.
        now: The account's instant, in epoch seconds.
    """
    window = quota.window(now)
    used = sum(each.used for each in counts if (each.api, each.starts_at) == (counter, window.starts_at))
    return QuotaUse(quota, used, window.ends_at)


def blocked_requests(
    apis: Sequence[type[VendorApi]], tenant: Tenant, plans: Sequence[FaultPlan], counts: Sequence[QuotaCount]
) -> list[Record]:
    """
    Return the operations that would not answer as usual now, each with the reason.

    Args:
        apis: APIs of the vendors.
        tenant: Account.
        plans: Its fault plans as they are now.
        counts: What was counted for its quotas.

    Returns:
        A record for each operation, one for the whole API where the same happens to all of it, and one for each object
        that a plan is limited to.
    """
    now = tenant.now()
    return [record for api in apis for record in _of_api(api, tenant, plans, _exhausted(api, tenant, counts, now))]


def _exhausted(
    api: type[VendorApi], tenant: Tenant, counts: Sequence[QuotaCount], now: float
) -> Mapping[str, QuotaUse]:
    """Return the quotas of an API that are used up, by the suffix of their counters."""
    quota = tenant.quota or api.default_quota
    if quota is None:
        return {}
    uses = {
        suffix: quota_use(quota, counts, f"{api.key}{suffix}", now)
        for suffix in {endpoint.counter for endpoint in api.endpoints if endpoint.counted}
    }
    return {suffix: use for suffix, use in uses.items() if use.exhausted}


def _of_api(
    api: type[VendorApi], tenant: Tenant, plans: Sequence[FaultPlan], exhausted: Mapping[str, QuotaUse]
) -> Iterator[Record]:
    own = [plan for plan in plans if plan.api == api.key]
    if not own and not exhausted:
        return
    causes = {endpoint.operation.key: _cause(endpoint, api.key, own, exhausted) for endpoint in api.endpoints}
    identities = {cause and cause.identity for cause in causes.values()}
    common = next(iter(causes.values())) if len(identities) == 1 else None
    if common is not None:
        yield {"api": api.key, "operation": ANY_OPERATION, "key": None, "request": "Every request", **common.record}
    for endpoint in api.endpoints:
        cause = causes[endpoint.operation.key]
        if cause is not None and common is None:
            yield _record(api.key, endpoint, "", cause)
        for key in sorted({plan.key for plan in own if plan.key and endpoint.operation.parameter}):
            of_object = _cause(endpoint, api.key, own, exhausted, key)
            if of_object is not None and (cause is None or of_object.identity != cause.identity):
                yield _record(api.key, endpoint, key, of_object)


def _record(api: str, endpoint: Endpoint, key: str, cause: _Cause) -> Record:
    operation = endpoint.operation
    path = operation.path.replace(f"{{{operation.parameter}}}", key) if key else operation.path
    request = f"{operation.method} {path}"
    return {"api": api, "operation": operation.key, "key": key or None, "request": request, **cause.record}


def _cause(
    endpoint: Endpoint, api: str, plans: Sequence[FaultPlan], exhausted: Mapping[str, QuotaUse], key: str = ""
) -> _Cause | None:
    """Return what happens to a request; a rejected one is not counted among those that a fault plan applies to."""
    if endpoint.counted and endpoint.counter in exhausted:
        return _quota_cause(exhausted[endpoint.counter])
    found = next_outcome(plans, api, endpoint.operation.key, key)
    # An outcome with nothing but ok is the usual answer.
    if found is None or found[1].to_dict() == {"ok": True}:
        return None
    return _fault_cause(*found)


def _quota_cause(use: QuotaUse) -> _Cause:
    reset = instant_text(use.resets_at)
    text = f"{_TOO_MANY} {phrase(_TOO_MANY)}: the quota is used up until {reset[11:19]}"
    record = _happening(QUOTA, Outcome(status=_TOO_MANY), text)
    return _Cause({**record, "remaining": None, "until": reset}, QUOTA)


def _fault_cause(plan: FaultPlan, outcome: Outcome) -> _Cause:
    left = "by chance" if plan.probability is not None else "repeated" if plan.repeat else f"{plan.remaining} left"
    record = _happening(FAULT, outcome, f"{_outcome_text(outcome)}: fault, {left}")
    return _Cause({**record, "remaining": plan.remaining, "until": None}, plan.id)


def _happening(reason: str, outcome: Outcome, text: str) -> Record:
    happening = {name: getattr(outcome, name) for name in ("status", "connection", "delay_ms")}
    return {"reason": reason, **happening, "text": text}


def _outcome_text(outcome: Outcome) -> str:
    late = f"after {outcome.delay_ms / 1000:g} s" if outcome.delay_ms else ""
    if outcome.connection is not None:
        return f"broken connection ({outcome.connection}) {late}".strip()
    if outcome.status is not None:
        return f"{outcome.status} {phrase(outcome.status)} {late}".strip()
    return f"the usual answer {late or 'with other headers or body'}"
