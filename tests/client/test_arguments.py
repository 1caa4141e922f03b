"""Types of arguments name exactly what the sandbox takes."""

import pytest

from kpn_sandbox.client import arguments
from kpn_sandbox.control_api import request_schemas
from kpn_sandbox.simulation.profile import Outage, Profile, QueueSettings, TrunkSettings
from kpn_sandbox.vendors.kpn.schemas import AgentSchema, QueueSchema, TrunkSchema


@pytest.mark.parametrize(
    ("arguments", "settings"),
    [
        (arguments.ProfilePatch, Profile),
        (arguments.QueuePatch, QueueSettings),
        (arguments.TrunkPatch, TrunkSettings),
        (arguments.OutagePatch, Outage),
    ],
)
def test_a_profile_has_the_fields_of_the_center(arguments, settings):
    """Each field of a profile can be named, and no other, in the same order."""
    assert list(arguments.__annotations__) == list(settings.__dataclass_fields__)


def test_pins_have_the_fields_of_the_vendor():
    """Each field of agents, queues and trunks can be pinned by name, but for their keys."""
    fields = [name for schema in (AgentSchema, QueueSchema, TrunkSchema) for name in schema().fields]

    assert list(arguments.PinFields.__annotations__) == [
        name for name in dict.fromkeys(fields) if name not in ("Logid", "Number")
    ]


@pytest.mark.parametrize(
    ("arguments", "schema", "others"),
    [
        (arguments.LogFilters, request_schemas.RequestsQuerySchema, {"operation", "format", "wait", "count"}),
        (arguments.CallFilters, request_schemas.CallsQuerySchema, {"from", "to"}),
        (arguments.CustomerFilters, request_schemas.CustomersQuerySchema, {"limit"}),
        (arguments.InboxFilters, request_schemas.InboxQuerySchema, set()),
        (arguments.ClockSettings, request_schemas.ClockRequestSchema, set()),
    ],
)
def test_filters_and_settings_are_those_of_the_control_api(arguments, schema, others):
    """What the control API takes can be named; what methods take as parameters of their own is apart."""
    names = {field.data_key or name for name, field in schema().fields.items()}

    assert {*arguments.__annotations__} == names - others


def test_settings_of_an_account_are_those_of_the_control_api():
    """Beside what the control API takes there are two short forms."""
    names = request_schemas.NewAccountRequestSchema().fields

    assert {*arguments.NewAccountSettings.__annotations__} == {*names, "at", "agents"}
