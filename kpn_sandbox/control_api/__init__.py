"""
The sandbox's own API, under /_sandbox: the remote control of accounts. No vendor has it.

    operations          table of the operations: who may call, what comes in, which view, what goes out
    routes              the way of every request
    context             what a view gets
    views               views: `status`, `accounts`, `configuration`, `overrides`, `inspection`
    auth                an account with its secret, or the administrator with a token
    request_schemas     validation of bodies and queries, with `fields` as their parts
    serializers         from accounts and facts to the records of responses
    openapi             the OpenAPI document, also from the types of these records, `kpn_sandbox.client.records`
    errors              problem documents (RFC 9457)
"""
