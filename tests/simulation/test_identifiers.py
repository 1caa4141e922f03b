"""Identifiers of customers are computed from their index, and lead back to it and nowhere else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kpn_sandbox.simulation.identifiers import AREAS, MOBILE, MOST_CUSTOMERS, NUMBERINGS, CustomerNumbers

NUMBERS = CustomerNumbers("identifiers")


@settings(max_examples=200, deadline=None)
@given(index=some.integers(0, MOST_CUSTOMERS - 1), seed=some.sampled_from(["a", "b", "é"]))
def test_identifiers_lead_back_to_their_customer(index, seed):
    """The identifier of any customer in any numbering gives the customer's index, whatever the seed."""
    numbers = CustomerNumbers(seed)

    assert {numbers.index(*each) for each in numbers.identifiers(index).items()} == {index}


@settings(max_examples=200, deadline=None)
@given(
    index=some.integers(0, MOST_CUSTOMERS - 1), distance=some.integers(1, 6), numbering=some.sampled_from(NUMBERINGS)
)
def test_near_misses_lead_nowhere(index, distance, numbering):
    """A number beside that of a customer is nobody's, or that of another customer who has exactly that number."""
    own = NUMBERS.identifiers(index)[numbering]
    beside = str(int(own) + distance).zfill(len(own)) if numbering != "phone" else f"+{int(own) + distance}"

    found = NUMBERS.index(numbering, beside)

    assert found is None or (found != index and NUMBERS.identifiers(found)[numbering] == beside)


@pytest.mark.parametrize("numbering", NUMBERINGS)
@pytest.mark.parametrize("text", ["", "0", "-6000000", " 10003", "010003", "1e7", "９", "9" * 400, "+31612", "abc"])
def test_other_texts_lead_nowhere(numbering, text):
    """A text that is no number of the numbering is no error."""
    assert NUMBERS.index(numbering, text) is None


def test_no_two_customers_share_an_identifier():
    """Among twenty thousand customers each identifier occurs once, and primary keys go up."""
    every = [NUMBERS.identifiers(index) for index in range(20_000)]

    assert {len({each[numbering] for each in every}) for numbering in NUMBERINGS} == {len(every)}
    keys = [NUMBERS.primary_key(index) for index in range(20_000)]
    assert keys == sorted(keys) == [int(each["primary_key"]) for each in every]


def test_formats_are_those_of_the_vendors_systems():
    """The first customers have numbers like those that the vendors' pages show."""
    own = NUMBERS.identifiers(0)

    lengths = {numbering: len(number) for numbering, number in own.items()}
    assert lengths == {
        "primary_key": 7,
        "customer_number": 5,
        "external_id": 11,
        "dashboard_id": 6,
        "entity_id": 9,
        "phone": 12,
    }


def test_the_phone_number_tells_the_area():
    """Half of the customers have mobile numbers, the others those of all areas alike."""
    index = np.arange(30_000)

    area = NUMBERS.areas(index)

    share = np.bincount(area + 1, minlength=len(AREAS) + 1) / len(index)
    assert share[0] == pytest.approx(0.5, abs=0.02)
    assert share[1:] == pytest.approx(np.full(len(AREAS), 0.5 / len(AREAS)), abs=0.01)
    for each in range(200):
        known = MOBILE if area[each] < 0 else AREAS[area[each]]
        assert NUMBERS.area(each) == known
        assert NUMBERS.identifiers(each)["phone"].startswith(f"+31{known.prefix}")
