"""Records of customers: made one by one, because a large center has millions."""

from kpn_sandbox.simulation.customers import Customers
from kpn_sandbox.simulation.names import NumberedNames
from kpn_sandbox.vendors.kaisa.records import CustomerList

MANY = 5_000_000
ADDED = 900_000_000


class CountedNames(NumberedNames):
    """Names that remember for which customers they were asked."""

    def __init__(self, seed: str) -> None:
        super().__init__(seed)
        self.named: list[int] = []

    def customer(self, index):
        self.named.append(index)
        return super().customer(index)


def test_only_customers_of_the_page_are_made():
    """A page, a customer by id and one by number make the customers that they show and no others."""
    names = CountedNames("kaisa")
    listed = CustomerList(Customers(names, MANY), {ADDED: {"name": "Added", "custnr": "N-1"}})

    page = listed.records(slice(MANY - 2, MANY + 5))
    by_id = listed.with_id(int(page[0]["customer_id"]))
    by_number = listed.with_number(page[1]["custnr"])

    assert [record["name"] for record in page] == [f"Klant {MANY - 1}", f"Klant {MANY}", "Added"]
    assert (by_id, by_number, listed.with_number("N-1")) == (page[:1], page[1:2], page[2:])
    assert set(names.named) == {MANY - 2, MANY - 1}
    assert len(listed) == MANY + 1


def test_a_change_of_a_customer_that_is_gone_stays():
    """A changed customer of a center that has become smaller is listed with the fields that were changed."""
    names = NumberedNames("kaisa")
    gone = int(names.customer(50).identifiers["dashboard_id"])

    listed = CustomerList(Customers(names, 40), {gone: {"name": "Known before"}})

    assert [record["name"] for record in listed.records(slice(39, 45))] == ["Klant 40", "Known before"]
