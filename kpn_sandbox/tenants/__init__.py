"""
Accounts and everything that belongs to each: the tenants of the sandbox. No HTTP, no vendor.

Each module holds a value and the store that keeps it in the database.

    sandbox         all accounts, with the caches that the requests of a process share; opens an account as a tenant
    tenant          one account as a request finds it, with its center
    accounts        client ids and secrets, creation and deletion
    clock           time of each account; the only reader of wall time
    configuration   profile and scenario, and their dated changes
    pins            fixed fields of agents, queues and trunks
    faults          what shall go wrong with the next requests
    quota           limits on requests, and what was counted
    request_log     the last requests of each account, without their secrets
    har             the request log as an HTTP archive
    conduct         what the request log shows that a client does wrong
    reset           layers of an account as they were at its creation
    transactions    one writer of an account at a time
    secrets         random texts and their digests
    errors          errors of all these
"""
