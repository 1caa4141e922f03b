"""Words that users and several packages name stand in one module; what is keyed by them has exactly these keys."""

import re
from pathlib import Path
from typing import get_args

from kpn_sandbox import literals
from kpn_sandbox.gateway.fault_injection import BREAKS, DAMAGES
from kpn_sandbox.simulation.scenarios import SCENARIOS
from kpn_sandbox.tenants.conduct import RULES
from kpn_sandbox.tenants.faults import ANY_OPERATION
from kpn_sandbox.vendors import APIS
from kpn_sandbox.vendors.kpn.operations import TOKEN

ROOT = Path(literals.__file__).parent


def test_scenario_names_are_those_of_the_scenarios():
    """A scenario that is defined can be named by a literal, and the other way round, in the same order."""
    assert tuple(SCENARIOS) == literals.SCENARIO_NAMES


def test_conduct_rules_are_those_of_the_client_lint():
    """Every rule of the client lint can be named by a literal, and the other way round, in the same order."""
    assert tuple(name for name, _, _ in RULES) == literals.CONDUCT_RULES


def test_api_keys_are_those_of_the_vendors():
    """Every vendor's API can be named by a literal, and the other way round, in the same order."""
    assert tuple(api.key for api in APIS) == literals.API_KEYS


def test_operation_names_are_those_of_the_vendors():
    """Every operation of a vendor's API can be named by a literal, and the other way round; `any` is all of them."""
    keys = dict.fromkeys(operation.key for api in APIS for operation in api.operations)
    assert get_args(literals.OperationName) == (ANY_OPERATION, *keys)


def test_connection_faults_break_the_connection_or_damage_the_answer():
    """Every connection fault either breaks the connection before the answer or damages how the answer is sent."""
    assert sorted([*BREAKS, *DAMAGES]) == sorted(literals.CONNECTION_FAULTS)


def test_the_token_request_goes_to_the_token_operation():
    """Path and query that clients use for a token belong to the operation that gives tokens out."""
    assert f"{TOKEN.path}?grant_type=client_credentials" == literals.KPN_TOKEN_REQUEST


def test_apis_are_hyphenated_in_urls():
    """The keys of the APIs differ from their spelling in URLs by the hyphen alone."""
    assert [*map(literals.hyphenated, literals.API_KEYS)] == ["kpn", "bright-pattern", "kaisa", "atobi", "itx"]


def test_shared_limits_are_written_once():
    """The token path, the longest delay of an answer and the service level's target stand in the literals alone."""
    files = {file: file.read_text(encoding="utf-8") for file in ROOT.rglob("*.py")}

    assert [file.name for file, text in files.items() if literals.KPN_TOKEN_PATH in text] == ["literals.py"]
    assert [file.name for file, text in files.items() if re.search(r"(?i)delay\w* = 600_?000", text)] == ["literals.py"]
    assert [file.name for file, text in files.items() if re.search(r"(?i)target\w* ?= ?0\.8\b", text)] == [
        "literals.py"
    ]
