"""
Fuzzed requests to Kaisa, Atobi and ITX: each answer is as the OpenAPI document of the API says.

Kaisa's widgets stand open here, because the credentials of HTTP Digest are made for one URL each.
"""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from kpn_sandbox.app import create_app
from kpn_sandbox.settings import Settings
from kpn_sandbox.vendors.atobi.operations import KPI as ATOBI
from kpn_sandbox.vendors.itx.auth import itx_token
from kpn_sandbox.vendors.itx.operations import KPI as ITX
from kpn_sandbox.vendors.kaisa.operations import OPERATIONS as KAISA
from tests.application import CREDENTIALS

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
FUZZED = [*(("kaisa", each) for each in KAISA), ("atobi", ATOBI), ("itx", ITX)]
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory):
    """One application for the module: examples are many, and none of them may do it harm."""
    url = f"sqlite:///{tmp_path_factory.mktemp('fuzz')}/sandbox.db"
    app = create_app(Settings(database_url=url, agents=5, kaisa_open=True), pause=lambda seconds: None)
    yield app
    app.extensions["kpn_sandbox"].sandbox.database.close()


@pytest.fixture(scope="module")
def keys(fuzzed):
    """Headers or parameters that authenticate a request, by API."""
    form = {"grant_type": "client_credentials", **CREDENTIALS}
    token = fuzzed.test_client().post("/oauth/token", data=form).json["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    return {"kaisa": {}, "atobi": {"headers": bearer}, "itx": {"params": {"token": itx_token(*CREDENTIALS.values())}}}


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize(("api", "operation"), FUZZED, ids=lambda part: getattr(part, "key", part))
def test_answers_are_as_the_document_says(fuzzed, keys, api, operation, mode):
    """Good and bad requests get a status, a content type and a body that the document contains."""
    document = schemathesis.openapi.from_wsgi(f"/openapi/{api}.json", fuzzed)
    cases = document[operation.path][operation.method].as_strategy(generation_mode=mode)

    @given(cases)
    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    def every_case(case):
        case.call_and_validate(checks=CHECKS, **keys[api])

    every_case()
