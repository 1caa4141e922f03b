"""
Documented behaviors of a vendor's API, tried against any server: the sandbox, or the real one.

Each check belongs to an operation or a behavior of the fidelity list and says what should be so. It reads only: beside
GET it sends what gets an access token, and what is refused without one. Reports hold no secrets.

    checks          a check and its result, the run of all checks of an API, and the requests that they send
    kpn             checks of KPN's API
    bright_pattern  checks of Bright Pattern's API
    other_vendors   checks of the APIs of Kaisa, Atobi and ITX

`SUITES` holds the checks by the key of the API.
"""

from collections.abc import Mapping

from kpn_sandbox.conformance import bright_pattern, kpn, other_vendors
from kpn_sandbox.conformance.checks import CheckSuite
from kpn_sandbox.literals import ApiKey

_ALL = (kpn.SUITE, bright_pattern.SUITE, other_vendors.KAISA, other_vendors.ATOBI, other_vendors.ITX)
SUITES: Mapping[ApiKey, CheckSuite] = {suite.api.key: suite for suite in _ALL}
"""Checks of each API."""
