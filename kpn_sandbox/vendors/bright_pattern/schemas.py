"""
Schemas of requests and responses.

Clients write subscriptions in different ways, as the server read them over the years: ids and limits are numbers or
strings, switches are booleans or strings, names are `stat_name` or `statName`. All of these are accepted, and unknown
members are ignored. Every value of a response is a string.

Source:
    The page for the members; the saved requests of the reference, the wallboard and other public clients for the rest.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields
from marshmallow.validate import Length

from kpn_sandbox.literals import DEMO_CLIENT_ID, DEMO_CLIENT_SECRET
from kpn_sandbox.validation import ErrorOf, InvalidValue, matching, object_with, true_or_false
from kpn_sandbox.validation import text as printable
from kpn_sandbox.vendors.bright_pattern.errors import BadRequestError, Code

MOST_COLUMNS = 200
"""Most columns of a grid."""

_WHOLE = re.compile(r"[0-9]{1,18}")
# Characters of a text from outside that messages repeat.
_SHOWN = 100


class CodedMessage(str):
    """A validation message with its error code."""

    code: Code


def _invalid(code: Code, text: str) -> ValidationError:
    message = CodedMessage(text)
    message.code = code
    return ValidationError(message)


class ColumnIdField(fields.Field[str]):
    """An id of a column or grid: a string or a whole number."""

    json_schema = {"type": ["string", "integer"]}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise _invalid(Code.WRONG_TYPE, "An id is a string or a whole number")
        return str(value)


class LimitField(fields.Field["int | None"]):
    """A limit: a whole number or a string of digits; empty for no limit."""

    json_schema = {"type": ["integer", "string"], "minimum": 0, "maximum": 10**18 - 1, "pattern": "^ *[0-9]{0,18} *$"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int | None:
        if value == "":
            return None
        text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
        if isinstance(value, bool | list | dict) or not _WHOLE.fullmatch(text):
            raise _invalid(Code.WRONG_LIMIT, "A limit is a whole number of 0 or more")
        return int(text)


class SwitchField(fields.Field[bool]):
    """A switch: a boolean, or a number or a string like one."""

    json_schema = {
        "type": ["boolean", "string", "integer"],
        "minimum": 0,
        "maximum": 1,
        "pattern": "^ *([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|[01]?) *$",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        switch = {"true": True, "1": True, "false": False, "0": False, "": False}.get(str(value).strip().lower())
        if switch is None:
            raise _invalid(Code.WRONG_TYPE, "A switch is true or false")
        return switch


class WordChoiceField(fields.Field[str]):
    """
    A choice between words without regard to case; empty for none.

    Args:
        code: Error code of every other value.
        words: Choices, in capitals.
        options: Options of a marshmallow field.
    """

    def __init__(self, code: Code, *words: str, **options: Any) -> None:
        super().__init__(**options)
        # An empty word, which clients send, too, is not documented: generators make no name of it.
        self.json_schema = {"type": "string", "enum": [*words, None]}
        self._words = words
        self._code = code

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = value.strip().upper() if isinstance(value, str) else None
        if text is None or text and text not in self._words:
            raise _invalid(self._code, f"Must be one of {', '.join(self._words)}")
        return text


class ComparableField(fields.Field[str]):
    """A value to compare with: a string, a number or a boolean."""

    json_schema = {"type": ["string", "number", "boolean"]}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str | int | float):
            raise _invalid(Code.WRONG_TYPE, "A value to compare with is a string or a number")
        return str(value).lower() if isinstance(value, bool) else str(value)


class _RequestSchema(Schema):
    class Meta:
        unknown = EXCLUDE


def _described(description: str, example: Any = None, **options: Any) -> dict[str, Any]:
    metadata = {"description": description} if example is None else {"description": description, "example": example}
    return {"metadata": metadata, **options}


def _texts(description: str, example: Any = None) -> "fields.List[str]":
    return fields.List(fields.String(), **_described(description, example, allow_none=True))


def _direction(example: str) -> WordChoiceField:
    return WordChoiceField(
        Code.WRONG_DIRECTION, "ASC", "DESC", **_described("ASC unless given.", example, allow_none=True)
    )


class ColumnSchema(_RequestSchema):
    """A column of a grid."""

    # Generators make one name of both spellings, so clients get one.
    conditions = {"required": ["id", "stat_name"]}
    undocumented = ("statName",)

    id = ColumnIdField(required=True, **_described("Names the value in each row.", "1"))
    stat_name = fields.String(**_described("A statistic, or SUM.", "acd_state", allow_none=True))
    statName = fields.String(**_described("Another spelling of stat_name.", allow_none=True))
    sum_stat_names = _texts("With SUM: the statistics that are added.")
    dispositions = _texts("For calls_dispositions_per_day: the dispositions that count.")


class OrderSchema(_RequestSchema):
    """A column that rows are ordered by."""

    by = ColumnIdField(required=True, **_described("Id of the column.", "1"))
    dir = _direction("DESC")


class GridSchema(_RequestSchema):
    """A grid of services or agents."""

    id = ColumnIdField(required=True, **_described("Names the table in the answer.", "1"))
    columns = fields.List(
        fields.Nested(ColumnSchema), required=True, validate=Length(1, MOST_COLUMNS), **_described("The columns.")
    )
    order_by = ColumnIdField(**_described("Id of the column by which rows are ordered.", "1", allow_none=True))
    order_dir = _direction("ASC")
    order = fields.List(fields.Nested(OrderSchema), **_described("Instead of order_by and order_dir.", allow_none=True))
    limit = LimitField(**_described("So many rows at most.", 1000, allow_none=True))
    filter_by = ColumnIdField(**_described("Id of the column that decides which rows are shown.", allow_none=True))
    filter_value = ComparableField(**_described("What its value is compared with.", allow_none=True))
    filter_operation = WordChoiceField(
        Code.WRONG_OPERATION, "EQ", "NE", "LT", "GT", "LE", "GE", **_described("How.", "EQ", allow_none=True)
    )
    team_ids = _texts("Only these teams; empty for all.", [])
    service_ids = _texts("Only these services; empty for all.", [])
    my_subteam_only = SwitchField(**_described("Changes nothing: there are no subteams.", False, allow_none=True))
    logged_in_agents_only = SwitchField(**_described("Leave out agents who are logged out.", False, allow_none=True))


class ChatSchema(_RequestSchema):
    """A selection of chat messages."""

    filter = fields.String(**_described("Only those that contain this, whatever the case.", "", allow_none=True))
    limit = LimitField(**_described("So many of the last ones at most.", 10, allow_none=True))


class ApplicationSchema(_RequestSchema):
    """A part of a subscription, for one display."""

    stats_totals = fields.List(
        fields.String(), **_described("Statistics over all services.", ["in_calls_waiting"], allow_none=True)
    )
    stats_totals_service_ids = _texts("Only these services; empty for all.", [])
    stats_totals_dispositions = _texts("The dispositions that count.", [])
    service_grids = fields.List(fields.Nested(GridSchema), **_described("Tables of services.", allow_none=True))
    agent_grids = fields.List(fields.Nested(GridSchema), **_described("Tables of agents.", allow_none=True))
    chat_messages = fields.Nested(ChatSchema, **_described("Messages between agents.", allow_none=True))


class LoginSchema(_RequestSchema):
    """Credentials of a user who logs in."""

    tenant_url = fields.String(
        required=True, validate=Length(1, 255), **_described("Any text: the tenant is known by the user.", "localhost")
    )
    username = fields.String(required=True, **_described("Client id, also with +label.", DEMO_CLIENT_ID))
    password = fields.String(required=True, **_described("Client secret.", DEMO_CLIENT_SECRET))


def _check_text(text: str) -> None:
    if not text.isprintable():
        raise _invalid(Code.WRONG_TYPE, "A name has no control characters")


class WallboardSchema(_RequestSchema):
    """A wallboard that is stored."""

    name = fields.String(
        required=True, validate=[Length(1, 200), _check_text], **_described("Its name.", "Entrance hall")
    )
    is_global = SwitchField(**_described("Whether all users see it.", False, allow_none=True))
    is_default = SwitchField(**_described("Whether it is shown first; then no other is.", False, allow_none=True))
    config = fields.Dict(keys=fields.String(), **_described("What stands on it.", {"widgets": []}, allow_none=True))


WALLBOARD_PROPERTIES = ("name", "is_global", "is_default", "config")
"""Properties of a wallboard, each of which a request can set alone."""


def _text(description: str, example: str) -> fields.String:
    return fields.String(required=True, **_described(description, example))


class GridAnswerSchema(Schema):
    """The rows of a grid."""

    id = _text("The id that was given.", "1")
    values = fields.List(
        fields.Dict(keys=fields.String(), values=fields.String()),
        required=True,
        **_described("The rows, each with its values by the ids of the columns.", [{"1": "40001", "2": "ready"}]),
    )


class MessageSchema(Schema):
    """A message from one agent to the others."""

    id = _text("UUID.", "0A3F0B63-3A3B-5B1C-9C1D-3B0C1B4D7A55")
    login_id = _text("Login id of the sender.", "40007")
    first_name = _text("First name of the sender.", "Sara")
    last_name = _text("Last name of the sender.", "de Koning")
    send_time = _text("Epoch seconds.", "1795430853")
    is_urgent = _text("1 or 0.", "0")
    content = _text("The text.", "Ik ga zo met pauze")


class ApplicationAnswerSchema(Schema):
    """The parts of an application that were subscribed to."""

    stats_totals = fields.Dict(
        keys=fields.String(), values=fields.String(), **_described("Values by statistic.", {"in_calls_waiting": "2"})
    )
    service_grids = fields.List(fields.Nested(GridAnswerSchema), **_described("Tables of services."))
    agent_grids = fields.List(fields.Nested(GridAnswerSchema), **_described("Tables of agents."))
    chat_messages = fields.List(fields.Nested(MessageSchema), **_described("The last message first."))


class LoginAnswerSchema(Schema):
    """A session."""

    token = _text("UUID; also sent as cookies.", "2f6d5f5e-1a3c-4b8e-9a36-0f6c2f6a7d11")
    privileges = fields.List(
        fields.String(), required=True, **_described("What the user may do.", ["CUSTOMIZE_WALLBOARDS"])
    )
    user_id = _text("UUID of the user.", "1B4E28BA-2FA1-51D2-883F-0016D3CCA427")


class TokenAnswerSchema(Schema):
    """An access token."""

    access_token = _text("64 hexadecimal digits in capitals.", "0F" * 32)
    token_type = _text("How it is presented.", "Bearer")
    expires_in = _text("Seconds that are left of its life, as a string.", "3600")
    scope = _text("The scope that was asked for, else the host.", "localhost")


class NamedSchema(Schema):
    """A team, an agent or a service."""

    id = _text("UUID.", "F4ED90FA-8E52-5A6B-8D1A-0D6B3E1C2A10")
    name = _text("Its name; of an agent the login id.", "Facturatie")


def loaded(schema: type[Schema], body: Any, path: str = "", *, only: Sequence[str] | None = None) -> dict[str, Any]:
    """
    Return the members of a JSON object as its schema loads them, without those that are null.

    Args:
        schema: Schema of the object.
        body: JSON of the object.
        path: Path of the object in the body of the request.
        only: Members that are read; all by default.

    Raises:
        BadRequestError: The object does not fit the schema; the error has the path of the first wrong member.
    """
    try:
        members: dict[str, Any] = schema(only=only).load(body)
    except ValidationError as error:
        wrong_path, message = next(_messages(error.messages, path))
        raise BadRequestError(_code(message), str(message).rstrip("."), wrong_path) from None
    return {name: value for name, value in members.items() if value is not None}


def check_wallboard(field: str, value: Any, error: ErrorOf = InvalidValue) -> dict[str, Any]:
    """
    Return a wallboard of a snapshot.

    Args:
        field, value, error: Path of the wallboard, the wallboard, and what makes the error of a wrong one.

    Raises:
        error: The API would not have stored it.
    """
    whole: dict[str, Any] = _STORED(field, value, error)
    try:
        loaded(WallboardSchema, {name: whole[name] for name in ("name", "config")})
    except BadRequestError as wrong:
        raise error(field, value, f"a wallboard as the API takes it: {wrong.text}") from None
    return whole


_STORED = object_with(
    {
        "id": matching(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", "a UUID in capitals"),
        "name": printable(1, 200),
        "is_global": true_or_false,
        "is_default": true_or_false,
        "config": lambda field, value, error=InvalidValue: value,
    },
    required=("id", "name", "is_global", "config"),
)


def shortened(text: str) -> str:
    """Return a text from outside, short enough for a message."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _messages(messages: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            step = f"[{name}]" if isinstance(name, int) else "" if name == "_schema" else f".{name}" if path else name
            yield from _messages(inner, path + step)
    else:
        yield from ((path, message) for message in messages)


def _code(message: str) -> Code:
    if isinstance(message, CodedMessage):
        return message.code
    return Code.MISSING if message.startswith(("Missing", "Length must be")) else Code.WRONG_TYPE
