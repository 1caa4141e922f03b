"""Schemas and serializers of KPN's API: KPN's examples, and the fast serializers against marshmallow."""

import json
from collections import namedtuple
from pathlib import Path
from random import Random

import orjson
import pytest

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.facts import AgentFact, Direction, Status
from kpn_sandbox.simulation.profile import ALWAYS, Epoch, Profile
from kpn_sandbox.vendors.kpn.auth import recent_token_record, token_record
from kpn_sandbox.vendors.kpn.operations import RESOURCES
from kpn_sandbox.vendors.kpn.records import QUEUE_ATTRIBUTES, TRUNK_ATTRIBUTES, AgentRecord, PortRecord, agent_record
from kpn_sandbox.vendors.kpn.schemas import (
    AgedJsonCache,
    AgentSchema,
    PortSchema,
    QueueSchema,
    RecentTokenSchema,
    TokenSchema,
    TrunkSchema,
    example,
    record_serializer,
)
from kpn_sandbox.vendors.kpn.views import agents, serialized_agents

SAMPLES = json.loads((Path(__file__).parent / "samples.json").read_text())
SCHEMAS = {"agent": AgentSchema, "queue": QueueSchema, "trunk": TrunkSchema}
QueueRecord = namedtuple("QueueRecord", QUEUE_ATTRIBUTES)
TrunkRecord = namedtuple("TrunkRecord", TRUNK_ATTRIBUTES)
PAIRS = [(AgentRecord, AgentSchema), (QueueRecord, QueueSchema), (PortRecord, PortSchema), (TrunkRecord, TrunkSchema)]


@pytest.mark.parametrize("key", [operation.key for operation in RESOURCES])
def test_the_published_examples_pass(key):
    """Every record on KPN's page is valid and has the schema's keys in the same order."""
    held = SAMPLES[key]["DataSet"][key]
    records = held if isinstance(held, list) else [held]
    schema = SCHEMAS[key.removesuffix("s")]

    assert schema(many=True).validate(records) == {}
    assert {tuple(record) for record in records} == {tuple(schema().fields)}


def test_the_published_token_passes():
    """The token on KPN's page is valid and has the schema's keys in the same order."""
    assert TokenSchema().validate(SAMPLES["token"]) == {}
    assert list(SAMPLES["token"]) == list(TokenSchema().fields)


@pytest.mark.parametrize(
    ("serialize", "schema"), [(token_record, TokenSchema), (recent_token_record, RecentTokenSchema)]
)
def test_our_tokens_have_the_keys_of_their_schema(serialize, schema):
    """Both token bodies are valid and have the keys of their schema in the same order."""
    token = {"token_type": "Bearer", "issued_at": 1.0, "client_id": "c", "access_token": "t", "expires_in": 3599}

    assert list(serialize(token)) == list(schema().fields)
    assert schema().validate(serialize(token)) == {}


@pytest.mark.parametrize(("record", "schema"), PAIRS)
def test_records_and_schemas_name_the_same_fields(record, schema):
    """A record has the fields of its schema, in the same order."""
    assert record._fields == tuple(schema().fields)


@pytest.mark.parametrize(("record", "schema"), PAIRS[:3])
def test_a_serializer_gives_what_the_schema_dumps(record, schema):
    """Numbers, texts and nulls are serialized as marshmallow does."""
    values = [7, "x", None, 0, -1, "é"]
    made = record(*(values[index % len(values)] for index in range(len(record._fields))))

    assert list(record_serializer(schema)(made).items()) == list(schema().dump(made).items())


def test_a_serializer_works_beyond_its_cache():
    """More values than the cache of texts holds are serialized correctly."""
    write = record_serializer(PortSchema)

    serialized = [write(PortRecord(number, "IDLE"))["Number"] for number in range(60_000)]

    assert serialized == [str(number) for number in range(60_000)]


def test_a_serializer_includes_nested_records():
    """The ports of a trunk are serialized as marshmallow does."""
    trunk = TrunkRecord("T", 1000, 2, 1, 1, 50, (PortRecord(1, "IDLE"), PortRecord(2, "SEIZED")))

    assert record_serializer(TrunkSchema)(trunk) == TrunkSchema().dump(trunk)


def test_an_agent_is_renamed_not_computed():
    """Each fact of an agent has KPN's name for it, as in KPN's example."""
    fact = AgentFact(40001, "Agent 1", Status.TALKING, None, Direction.INBOUND, 2, 11, 1000.5, "KPN 1", 139)

    assert record_serializer(AgentSchema)(agent_record(fact, 1170)) == SAMPLES["agent"]["DataSet"]["agent"]


def test_split_json_is_the_serialized_record():
    """A record put together from cached parts equals the serialized one, with any text in it."""
    fact = AgentFact(40001, 'Jan "Time":" \\ \u00e9 100%d', Status.AVAILABLE, None, None, 2, 11, 1000.5, None, 139)
    cache = AgedJsonCache(AgentSchema, "Time")

    for at in (1001, 1002, 1170):
        (serialized,) = cache.rows("list", (fact,), at, lambda each: agent_record(each, at))
        assert orjson.loads(serialized) == record_serializer(AgentSchema)(agent_record(fact, at))


class FewAgedJson(AgedJsonCache):
    """The same with room for little, so that it is full soon."""

    LISTED = 30


def aged(number: int, since: float = 1000.5) -> AgentFact:
    """An agent whose name tells the number."""
    return AgentFact(number, f"{number} %d %% \u00e9", Status.AVAILABLE, None, None, 2, 11, since, None, 139)


def test_joined_records_are_those_of_the_view():
    """A whole list is its rows with commas between them, whatever the list before it was and however many changed."""
    random, cache = Random(1), FewAgedJson(AgentSchema, "Time")
    facts = tuple(aged(number, 1000 + number / 8) for number in range(9))

    for at in range(1100, 1400):
        kept = [fact if random.random() < 0.8 else aged(random.randrange(99), at - 0.5) for fact in facts]
        facts = tuple(kept if at % 7 else kept[: random.randint(1, 9)] + [aged(at), aged(at + 1)])
        key = random.randrange(3)
        rows = [orjson.dumps(record_serializer(AgentSchema)(agent_record(fact, at))) for fact in facts]
        assert cache.joined(key, facts, at, lambda each: agent_record(each, at)) == b",".join(rows)
        assert cache.rows(key, facts, at, lambda each: agent_record(each, at)) == rows


def test_only_new_facts_are_serialized_again():
    """Of a list that follows another one under the same key only the facts that are other objects are looked at."""
    cache, seen = AgedJsonCache(AgentSchema, "Time"), []
    facts = tuple(map(aged, range(5)))

    def make_record(fact):
        seen.append(fact.login)
        return agent_record(fact, 1100)

    cache.joined("list", facts, 1100, make_record)
    cache.joined("list", (*facts[:2], aged(7), *facts[3:]), 1100, make_record)

    assert seen == [0, 1, 2, 3, 4, 7]


def test_lists_that_are_kept_are_bounded():
    """However many lists were made, a later tuple at the same address is made anew."""
    cache = FewAgedJson(AgentSchema, "Time")

    for number in range(10 * cache.LISTED):
        shown = cache.joined(number % 50, (aged(number),), 1005, lambda each: agent_record(each, 1005))
        assert f"{number} %d".encode() in shown


def test_examples_are_those_of_kpns_page():
    """The examples of the OpenAPI document are those of KPN's page."""
    for key, schema in SCHEMAS.items():
        sample = SAMPLES[key]["DataSet"][key]
        sample = {**sample, "Ports": sample["Ports"][:1]} if "Ports" in sample else sample

        assert example(schema) == sample


def test_serialized_agents_are_the_view():
    """Agents serialized from cached parts give the bytes of the view."""
    center = Center("ready", (Epoch(ALWAYS, Profile(agents=30)),), SingleFlightCache())

    for at in (1_795_424_400, 1_795_424_401, 1_795_427_000, 1_795_424_402):
        ready, plain = serialized_agents(center, at), agents.view(center, at)
        assert orjson.dumps(ready) == orjson.dumps(plain)


@pytest.mark.parametrize("list_logged_out", [True, False])
def test_serialized_agents_show_pins(list_logged_out):
    """A pinned agent has the pinned fields, all others the very rows that they have without pins."""
    profile = Profile(agents=30, list_logged_out=list_logged_out)
    center, at = Center("ready", (Epoch(ALWAYS, profile),), SingleFlightCache()), 1_795_424_400
    plain = orjson.loads(orjson.dumps(serialized_agents(center, at)))["agents"]
    listed = [
        row["Logid"] for row in agents.view(center, at)["agents"] if list_logged_out or row["Status"] != "UNSTAFF"
    ]
    asked = []

    def read_pins(numbers):
        asked.append(numbers)
        return {listed[3]: {"Agent": "Somebody"}}

    pinned = orjson.loads(orjson.dumps(serialized_agents(center, at, read_pins)))["agents"]

    assert asked == [{str(fact.login) for fact in center.agents(at)}]
    assert (pinned[3]["Logid"], pinned[3]["Agent"]) == (listed[3], "Somebody")
    assert pinned[:3] + pinned[4:] == plain[:3] + plain[4:]
    assert {**plain[3], "Agent": "Somebody"} == pinned[3]
