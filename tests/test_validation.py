"""The rules for values that come from outside say what would be right, and keep what is."""

from math import inf, nan
from typing import Any

import jsonschema_rs
import pytest

from kpn_sandbox.validation import (
    InvalidValue,
    Rule,
    choice,
    count_or_list,
    digits,
    invalid_value_message,
    json_schema,
    list_of,
    matching,
    minutes,
    number,
    number_or_unlimited,
    object_with,
    opening_hours,
    parse_instant,
    text,
    time_of_day,
    true_or_false,
    whole_number,
)

CASES: list[tuple[Rule[Any], list[Any], list[Any], str]] = [
    (whole_number(0, 9), [0, 9], [-1, 10, True, 5.5, "5", None, inf, nan], "a whole number from 0 to 9"),
    (number(0, 1), [0, 0.5, 1], [-0.1, 1.1, False, nan, inf, "1", 10**400], "a number from 0 to 1"),
    (number(0, 1, above=True), [0.1, 1], [0, 2], "a number above 0, at most 1"),
    (text(1, 3), ["a", "\u00eb\u00eb\u00eb"], ["", "four", "a\n", 7], "a printable text of 1 to 3 characters"),
    (choice("on", "off"), ["on"], ["ON", "", None, []], "one of on, off"),
    (matching("[a-c]+", "letters"), ["abc"], ["", "abcd", "a\n", 1], "letters"),
    (true_or_false, [True, False], [1, 0, "true", None], "true or false"),
    (time_of_day, ["00:00", "23:59", "24:00"], ["24:01", "1:0", 100], "a time of day from 00:00 to 24:00"),
    (opening_hours, ["24x7", "08:00-20:00"], ["20:00-08:00", "08:00", 24], "24x7 or opening hours such as 08:00-20:00"),
]


def test_whole_numbers_are_kept_as_such():
    """A whole number that was written with a point is kept without one."""
    assert repr(whole_number(0, 9)("field", 5.0)) == "5"
    assert repr(count_or_list(1, 9, whole_number(0, 9))("field", [5.0])) == "(5,)"
    assert repr(count_or_list(1, 9, whole_number(0, 9))("field", 5.0)) == "5"


@pytest.mark.parametrize(("rule", "right", "wrong", "allowed"), CASES, ids=lambda value: str(value)[:30])
def test_a_rule_keeps_what_is_right_and_says_what_would_be(rule, right, wrong, allowed):
    """A right value is kept as it is; a wrong one is refused with its field, itself and what would be right."""
    assert [rule("field", value) for value in right] == right

    for value in wrong:
        with pytest.raises(InvalidValue) as error:
            rule("field", value)

        assert str(error.value).startswith(f"field must be {allowed}, not {value!r}")


def test_a_near_miss_is_named():
    """A word that is like one of those that may be is followed by that one; others and other values are not."""
    assert invalid_value_message("unit", "hours", "one of minute, hour") == (
        "unit must be one of minute, hour, not 'hours'. Did you mean 'hour'?"
    )
    assert invalid_value_message("unit", "PEAK", "one of peak, calm").endswith("Did you mean 'peak'?")
    assert invalid_value_message("unit", "x", "one of minute, hour").endswith("not 'x'")
    assert invalid_value_message("unit", 3, "one of minute, hour").endswith("not 3")
    assert invalid_value_message("port", "hour", "a whole number").endswith("not 'hour'")


@pytest.mark.parametrize(("rule", "right", "wrong", "allowed"), CASES, ids=lambda value: str(value)[:30])
def test_a_rule_has_a_json_schema(rule, right, wrong, allowed):
    """JSON Schema accepts what a rule accepts, and refuses what it refuses, but for what only a program can tell."""
    json = [value for value in wrong if value not in (inf, 10**400, "20:00-08:00") and value == value]

    assert all(jsonschema_rs.is_valid(rule.json_schema, value) for value in right)
    assert not any(jsonschema_rs.is_valid(rule.json_schema, value) for value in json)


def test_checks_with_parts_have_the_schemas_of_their_parts():
    """The schema of a list or an object contains those of its entries or fields, and its own limits."""
    entry = object_with({"name": text(1, 3)}, required=("name",))
    schema = json_schema(count_or_list(1, 2, entry))

    assert [jsonschema_rs.is_valid(schema, value) for value in (2, [{"name": "a"}])] == [True, True]
    for value in (3, [], [{}], [{"name": ""}], [{"name": "a", "more": 1}], [{"name": "a"}] * 3):
        assert not jsonschema_rs.is_valid(schema, value)


@pytest.mark.parametrize(("written", "kept"), [("0", 0), ("007", 7), ("9", 9)])
def test_digits_are_a_whole_number(written, kept):
    """Where everything is text, digits are kept as the number that they say."""
    assert digits(whole_number(0, 9))("field", written) == kept


@pytest.mark.parametrize("written", ["", "10", "-1", "+1", "1.0", "\uff15", 5, "0" * 13])
def test_other_texts_are_no_whole_number(written):
    """Only ASCII digits of a number in the range are a whole number."""
    with pytest.raises(InvalidValue, match="a whole number from 0 to 9"):
        digits(whole_number(0, 9))("field", written)


def test_unlimited_is_infinity():
    """The word for a number above all others is kept as infinity, which JSON has no number for."""
    rule = number_or_unlimited(1, 10)

    assert (rule("field", "unlimited"), rule("field", 10)) == (inf, 10.0)
    with pytest.raises(InvalidValue, match="a number from 1 to 10, or unlimited"):
        rule("field", None)


def test_an_entry_of_a_list_is_named():
    """The error of an entry names its place; a right list is kept as a tuple."""
    check = list_of(1, 2, whole_number(0, 9))

    assert check("field", [1, 2]) == (1, 2)
    with pytest.raises(InvalidValue, match=r"field\[1\] must be a whole number from 0 to 9"):
        check("field", [1, 10])
    with pytest.raises(InvalidValue, match="field must be a list of 1 to 2 entries"):
        check("field", [])


def test_a_count_stands_for_a_list():
    """So many entries may be given as a count or one by one."""
    check = count_or_list(1, 2, whole_number(0, 9))

    assert (check("field", 2), check("field", [7])) == (2, (7,))
    with pytest.raises(InvalidValue, match="field must be a whole number from 1 to 2, or a list"):
        check("field", 3)


def test_an_object_has_its_fields_and_no_others():
    """The error of a field inside an object names the way to it, an unknown one says which fields there are."""
    check = object_with({"size": whole_number(0, 9), "name": text(1, 9)}, required=("size",))

    assert check("field", {"size": 1}) == {"size": 1}
    with pytest.raises(InvalidValue, match=r"field\.size must be a whole number"):
        check("field", {"size": "1"})
    with pytest.raises(InvalidValue, match=r"field\.size must be given"):
        check("field", {"name": "x"})
    with pytest.raises(InvalidValue, match=r"field\.colour must be a field of field: one of size, name"):
        check("field", {"size": 1, "colour": "red"})
    with pytest.raises(InvalidValue, match="field must be an object with size, name"):
        check("field", [])


def test_the_caller_names_the_error():
    """A package raises its own error; the parts of a value raise it, too."""

    class OwnError(Exception):
        pass

    def make(field: str, value: Any, allowed: str) -> OwnError:
        return OwnError(field, value, allowed)

    with pytest.raises(OwnError) as error:
        list_of(0, 3, true_or_false)("field", [True, 1], make)

    assert error.value.args == ("field[1]", 1, "true or false")


def test_a_time_of_day_is_minutes_past_midnight():
    """The end of the day is 1,440 minutes past its midnight."""
    assert [minutes(reading) for reading in ("00:00", "08:30", "24:00")] == [0, 510, 1440]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-23T10:00:00+01:00", 1_795_424_400),
        ("2026-11-23T09:00:00Z", 1_795_424_400),
        ("2026-11-23T09:00:00.500+00:00", 1_795_424_400.5),
    ],
)
def test_an_instant_has_an_offset(text, at):
    """ISO 8601 with an offset names one instant, wherever it is read."""
    assert parse_instant(text) == at


@pytest.mark.parametrize("text", ["", "now", "2026-11-23T10:00:00", "2026-13-23T10:00:00Z"])
def test_other_texts_are_refused_with_what_would_be_right(text):
    """The refusal shows an instant."""
    with pytest.raises(ValueError, match="ISO 8601 instant with offset"):
        parse_instant(text)
