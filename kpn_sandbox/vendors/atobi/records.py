"""From the body of a request to records of the inbox; a body with one wrong element is rejected whole."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from marshmallow import ValidationError

from kpn_sandbox.simulation.errors import InstantOutOfRange
from kpn_sandbox.tenants.clock import instant
from kpn_sandbox.validation import INSTANT, ErrorOf, InvalidValue, check_known, object_with, parse_instant
from kpn_sandbox.vendors.atobi.errors import INVALID, AtobiError
from kpn_sandbox.vendors.atobi.schemas import BodySchema, ElementSchema, JsonNumber, messages_by_path
from kpn_sandbox.vendors.atobi.store import Received, Record

# Type in the page's sample; accepted, so that the sample can be sent as it is printed.
_PLACEHOLDER = "{{unique_integration_identifier}}"
INTEGRATION = "kpi"
"""Type of every account's integration."""
# Most wrong fields that an error names.
_MOST_ERRORS = 100


def parse_json(body: bytes) -> Any:
    """
    Return the JSON of a body, its numbers as text.

    Raises:
        AtobiError: The body is not JSON.
    """
    try:
        return json.loads(body.decode(), parse_float=JsonNumber, parse_int=JsonNumber, parse_constant=_refuse_constant)
    except RecursionError:
        raise AtobiError(400, "The request body must be valid JSON: it is nested too deeply.") from None
    except ValueError as error:
        raise AtobiError(400, f"The request body must be valid JSON: {error}.") from None


def records(value: Any, integration: str, received_at: float) -> list[Record]:
    """
    Return the elements of a body as records.

    Args:
        value: JSON of the body.
        integration: Type of the account's integration.
        received_at: The account's instant in epoch seconds.

    Raises:
        AtobiError: Fields are wrong; the error has their paths.
    """
    try:
        body: dict[str, Any] = BodySchema().load(value)
    except ValidationError as error:
        raise _invalid(messages_by_path(_normalized(error))) from None
    if body["type"] not in (integration, _PLACEHOLDER):
        raise _invalid({"type": [f"The selected type is invalid: it must be {integration}."]})
    found = list(_elements({**body, "type": integration}, received_at))
    _check_ids(found)
    return [record for _, record in found]


def check_stored_record(field: str, value: Any, error: ErrorOf = InvalidValue) -> Record:
    """
    Return a record of a snapshot, which must be as the endpoint makes it from a body that it takes.

    Args:
        field, value, error: Path of the record, the record with its instant, and what makes the error of a wrong one.

    Raises:
        error: The endpoint would not have stored it.
    """
    entry = _STORED(field, value, error)
    sent: dict[str, Any] = dict(entry["record"])
    about = {name: sent.pop(name, None) for name in ("type", "version", "context")}
    owner = {name: sent.pop(name) for name in ("user_id", "location_id") if name in sent}
    for name in sent:
        fields, within = ElementSchema().fields, f"{field}.record."
        check_known(name, sent[name], fields, role="a field of a record", within=within, error=error)
    try:
        [record] = records({**about, "data": [{**owner, "elements": [sent]}]}, INTEGRATION, entry["received_at"])
    except AtobiError as wrong:
        path, messages = next(iter((wrong.errors or {"body": [wrong.text]}).items()))
        name = path.rpartition(".")[2]
        allowed = f"as the API takes it: {messages[0]}"
        raise error(f"{field}.record.{name}", entry["record"].get(name), allowed) from None
    if record.body != entry["record"]:
        raise error(f"{field}.record", entry["record"], "a record with texts only, as the API stores it")
    return record


def _instant(field: str, value: Any, error: ErrorOf = InvalidValue) -> float:
    try:
        return instant(parse_instant(value))
    except (TypeError, ValueError, InstantOutOfRange):
        raise error(field, value, INSTANT) from None


def _object(field: str, value: Any, error: ErrorOf = InvalidValue) -> Any:
    if not isinstance(value, dict):
        raise error(field, value, "an object with the fields of a record")
    return value


_STORED = object_with({"received_at": _instant, "record": _object}, required=("received_at", "record"))


def acknowledgment(received: Received) -> dict[str, Any]:
    """Return the response to a body whose elements were received."""
    return {"status": "success", "received": received.created + received.updated, **received._asdict()}


def _elements(body: dict[str, Any], received_at: float) -> Iterator[tuple[str, Record]]:
    """Yield the records, each after the path of its element."""
    about = {name: body[name] for name in ("type", "version", "context")}
    for number, item in enumerate(body["data"]):
        owner = {name: item[name] for name in ("user_id", "location_id") if item.get(name) is not None}
        for index, element in enumerate(item["elements"]):
            members = {name: value for name, value in element.items() if value is not None}
            record = Record(
                received_at=received_at,
                type=body["type"],
                context=body["context"],
                kpi=element["kpi"],
                element_id=element["id"],
                body={**about, **owner, **members},
            )
            yield f"data.{number}.elements.{index}", record


def _check_ids(found: list[tuple[str, Record]]) -> None:
    first: dict[str | None, str] = {}
    repeated: dict[str, list[str]] = {}
    for path, record in found:
        earlier = first.setdefault(record.element_id, path)
        if earlier != path:
            repeated[f"{path}.id"] = [f"The id {record.element_id} is already used by {earlier}."]
    if repeated:
        raise _invalid(repeated)


def _invalid(errors: dict[str, list[str]]) -> AtobiError:
    return AtobiError(422, INVALID, dict(list(errors.items())[:_MOST_ERRORS]))


def _normalized(error: Any) -> Any:
    return error.normalized_messages()


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
