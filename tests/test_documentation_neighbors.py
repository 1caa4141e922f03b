"""What the manual says of Kaisa, Atobi and ITX is what the code does."""

import pytest

from kpn_sandbox.vendors.atobi.api import AtobiApi
from kpn_sandbox.vendors.itx.api import ItxApi
from kpn_sandbox.vendors.itx.auth import itx_token
from kpn_sandbox.vendors.kaisa.api import KaisaApi
from tests.test_documentation import LABELS, README, rows, section

APIS = {"Kaisa": KaisaApi, "Atobi": AtobiApi, "ITX": ItxApi}


@pytest.mark.parametrize("api", APIS)
def test_the_operations_tables_are_complete(api):
    """Every operation stands in the manual, in the order of the code, with its Postman name and its label."""
    told = [row for row in rows(section(api)) if len(row) == 4][1:]

    expected = APIS[api].operations
    assert told == [[f"`{each.method} {each.path}`", each.summary, each.name, each.label] for each in expected]


@pytest.mark.parametrize("api", APIS)
def test_behaviors_are_told_alike(api):
    """The manual and /_sandbox/fidelity know the same."""
    told = [row for row in rows(section(api)) if len(row) == 2][1:]

    assert told == [[known.name, known.label] for known in APIS[api].behaviors]


@pytest.mark.parametrize("api", APIS)
def test_everything_has_a_source_and_a_label(api):
    """Who reads of an operation or a behavior learns where it comes from and how sure that is."""
    for known in (*APIS[api].operations, *APIS[api].behaviors):
        assert known.source and known.label in LABELS


@pytest.mark.parametrize("api", APIS)
def test_every_operation_is_in_its_collection(api):
    """Each has at least one request of its name."""
    names = [item["name"] for item in APIS[api].postman.build()["item"]]

    expected = [each.name for each in APIS[api].operations]
    assert [name for name in expected if not any(each.startswith(name) for each in names)] == []


def test_documents_and_collections_are_named():
    """And so is the demo account's token, which can be computed."""
    for path in ("/openapi/{}.json".format(name) for name in ("kaisa", "atobi", "itx")):
        assert f"`{path}`" in README
    for api in APIS.values():
        assert f"`/postman/{api.postman.file}`" in README
    assert itx_token("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET") in section("ITX")
