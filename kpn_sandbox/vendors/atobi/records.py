"""From the body of a request to records of the inbox; a body with one wrong element is rejected whole."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from marshmallow import ValidationError

from kpn_sandbox.vendors.atobi.errors import INVALID, AtobiError
from kpn_sandbox.vendors.atobi.schemas import BodySchema, JsonNumber, messages_by_path
from kpn_sandbox.vendors.atobi.store import Received, Record

# Type in the page's sample; accepted, so that the sample can be sent as it is printed.
_PLACEHOLDER = "{{unique_integration_identifier}}"
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
