"""
KPN Dashboard Server, version 1.0.

Real-time figures of a contact center's agents, queues and trunks behind an OAuth 2.0 gateway; discontinued by KPN.

Sources:
    developer.kpn.com, "Dashboard Server - KPN": operations, result examples, token answer, return codes (read 2026-11).
    developer.kpn.com, "Response headers": the headers of the gateway.
    apigee/api-platform-samples, default-proxies/oauth: how the gateway gives out tokens.
    docs.apigee.com and captures of other Apigee gateways: the bodies of refusals.

Gaps:
    KPN never showed its path below api-prd.kpn.com, what `Error` holds when it is not null, the answer to an unknown
    number, or how a response is "modified per user"; what the sandbox does instead is labeled inferred or invented.

Modules:
    headers: the gateway adds headers of its own to every response, also to its errors.
"""
