"""Parts of request schemas: numbers in every form that programs write."""

import pytest
from marshmallow import Schema, ValidationError

from kpn_sandbox.control_api import request_schemas, snapshot_schemas
from kpn_sandbox.control_api.fields import WholeNumberField

WHOLE = {
    f"{schema.__name__}.{name}": field
    for module in (request_schemas, snapshot_schemas)
    for schema in vars(module).values()
    if isinstance(schema, type) and issubclass(schema, Schema)
    for name, field in schema().fields.items()
    if isinstance(field, WholeNumberField)
}


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_a_whole_number_may_come_with_a_point(name):
    """Programs that know one kind of number write 20.0 for 20, in bodies and in queries; 20.5 and true are refused."""
    field = WHOLE[name]
    low = field.validators[0].min
    sent = [str(low), f"{low}.0", f"{low}.00"] if field.metadata.get("in_query") else [low, float(low)]
    wrong = [f"{low}.5", "true", f"{low}.", "1e1"] if field.metadata.get("in_query") else [low + 0.5, True, str(low)]

    loaded = [field.deserialize(value) for value in sent]

    assert loaded == [low] * len(sent)
    assert {type(value) for value in loaded} == {int}
    for value in wrong:
        with pytest.raises(ValidationError):
            field.deserialize(value)
