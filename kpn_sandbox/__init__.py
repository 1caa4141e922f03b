"""
A simulated contact center behind the KPI APIs of five vendors, for developers and tests.

The center is a pure function of a seed, a configuration and an instant; an account chooses all three.

    simulation      the contact center; no HTTP, no clock, no storage
    tenants         accounts and what belongs to each: clock, configuration, pins, faults, quota, request log
    auth            ways to authenticate a request, whatever the vendor
    gateway         what surrounds every request of every vendor's API
    vendors         the APIs of KPN, Bright Pattern, Kaisa, Atobi and ITX
    control_api     the sandbox's own API under /_sandbox
    documents       routes of the OpenAPI and Postman documents
    drift           captured answers of KPN beside the sandbox's
    itx_check       a client that plays ITX against a user's endpoint
    conformance     documented behaviors of an API, tried against any server
    web             pages for people
    app             puts the application together
    server          gunicorn and Werkzeug as libraries
    testing         sandboxes and accounts for tests
    pytest_plugin   fixtures and markers for pytest
    cli             the command kpn-sandbox
    __main__        the same command as python -m kpn_sandbox

Each imports only from those above it and from these:

    storage         the database
    settings        settings of a start; the only reader of the environment
    client          the HTTP client of a running sandbox
    caching         bounded caches
    literals        words and limits that users and several packages name
    validation      rules for values that come from outside
    safe_text       text from others without secrets, and without what a terminal would obey
    instants        instants and durations as people write them
    packaged_files  files of the package, found also where a test has replaced the file system

`docs/architecture.md` says more, and where to change what.
"""

__version__ = "0.2.0"
