"""What the manual says of Kaisa, Atobi and ITX is what the code does."""

import pytest

from kpn_sandbox.documents import COLLECTIONS, atobi, itx, kaisa
from kpn_sandbox.tenants.secrets import itx_token
from kpn_sandbox.vendors.atobi import api as atobi_face
from kpn_sandbox.vendors.atobi.operations import OPERATIONS as ATOBI
from kpn_sandbox.vendors.itx import api as itx_face
from kpn_sandbox.vendors.itx.operations import OPERATIONS as ITX
from kpn_sandbox.vendors.kaisa import api as kaisa_face
from kpn_sandbox.vendors.kaisa.operations import OPERATIONS as KAISA
from tests.test_documentation import LABELS, README, rows, section

APIS = {
    "Kaisa": (KAISA, kaisa_face.BEHAVIORS),
    "Atobi": (ATOBI, atobi_face.BEHAVIORS),
    "ITX": (ITX, itx_face.BEHAVIORS),
}


@pytest.mark.parametrize("api", APIS)
def test_the_operations_tables_are_complete(api):
    """Every operation stands in the manual, in the order of the code, with its Postman name and its label."""
    told = [row for row in rows(section(api)) if len(row) == 4][1:]

    operations, _ = APIS[api]
    assert told == [[f"`{each.method} {each.path}`", each.summary, each.name, each.label] for each in operations]


@pytest.mark.parametrize("api", APIS)
def test_behaviors_are_told_alike(api):
    """The manual and /_sandbox/fidelity know the same."""
    told = [row for row in rows(section(api)) if len(row) == 2][1:]

    _, behaviors = APIS[api]
    assert told == [[known.name, known.label] for known in behaviors]


@pytest.mark.parametrize("api", APIS)
def test_everything_has_a_source_and_a_label(api):
    """Who reads of an operation or a behavior learns where it comes from and how sure that is."""
    for known in (*APIS[api][0], *APIS[api][1]):
        assert known.source and known.label in LABELS


@pytest.mark.parametrize(("module", "operations"), [(kaisa, KAISA), (atobi, ATOBI), (itx, ITX)])
def test_every_operation_is_in_its_collection(module, operations):
    """Each has at least one request of its name."""
    names = [item["name"] for item in COLLECTIONS[module.FILE]()["item"]]

    assert [each.name for each in operations if not any(name.startswith(each.name) for name in names)] == []


def test_documents_and_collections_are_named():
    """And so is the demo account's token, which can be computed."""
    for path in ("/openapi/{}.json".format(name) for name in ("kaisa", "atobi", "itx")):
        assert f"`{path}`" in README
    for module in (kaisa, atobi, itx):
        assert f"`/postman/{module.FILE}`" in README
    assert itx_token("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET") in section("ITX")
