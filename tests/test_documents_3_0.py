"""OpenAPI 3.0 from OpenAPI 3.1."""

import pytest

from kpn_sandbox.documents import downgraded

HEAD = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}}


def schema(of_3_1):
    """What becomes of a schema."""
    document = {**HEAD, "components": {"schemas": {"S": of_3_1}}}
    return downgraded(document)["components"]["schemas"]["S"]


SCHEMAS = [
    ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
    ({"type": ["string", "null"], "enum": ["a", None]}, {"type": "string", "enum": ["a", None], "nullable": True}),
    ({"type": "null"}, {"nullable": True, "enum": [None]}),
    (
        {"type": ["string", "integer"], "pattern": "^a$", "minimum": 1, "description": "d"},
        {"description": "d", "anyOf": [{"type": "string", "pattern": "^a$"}, {"type": "integer", "minimum": 1}]},
    ),
    (
        {"type": ["string", "integer", "null"], "enum": ["a", 1, None]},
        {
            "anyOf": [
                {"type": "string", "enum": ["a", None], "nullable": True},
                {"type": "integer", "enum": [1, None], "nullable": True},
            ]
        },
    ),
    ({"anyOf": [{"$ref": "#/x"}, {"type": "null"}]}, {"anyOf": [{"$ref": "#/x"}], "nullable": True}),
    ({"$ref": "#/x", "description": "d"}, {"description": "d", "allOf": [{"$ref": "#/x"}]}),
    ({"$ref": "#/x"}, {"$ref": "#/x"}),
    ({"const": "a"}, {"enum": ["a"]}),
    ({"exclusiveMinimum": 0, "maximum": 9}, {"minimum": 0, "not": {"enum": [0]}, "maximum": 9}),
    ({"exclusiveMinimum": 0, "minimum": 3}, {"minimum": 3}),
    (
        {"exclusiveMaximum": 5, "not": {"enum": [1]}},
        {"maximum": 5, "not": {"enum": [1]}, "allOf": [{"not": {"enum": [5]}}]},
    ),
    ({"type": "string", "examples": ["a", "b"]}, {"type": "string", "example": "a"}),
    ({"type": "string", "contentEncoding": "base64"}, {"type": "string", "format": "byte"}),
    ({"type": "string", "contentMediaType": "application/octet-stream"}, {"type": "string", "format": "binary"}),
    (
        {"properties": {"if": {"type": ["string", "null"]}}},
        {"properties": {"if": {"type": "string", "nullable": True}}},
    ),
    ({"if": {}, "then": {}, "dependentRequired": {"a": ["b"]}, "propertyNames": {}, "minItems": 1}, {"minItems": 1}),
    ({"not": {"required": ["a"]}}, {"not": {"required": ["a"]}}),
    # Without the condition it would forbid more.
    ({"not": {"if": {}, "then": {"required": ["a"]}}}, {}),
    ({"items": True, "additionalProperties": False}, {"items": {}, "additionalProperties": False}),
    ({"default": {"type": ["a"]}, "example": {"const": 1}}, {"default": {"type": ["a"]}, "example": {"const": 1}}),
    ({"required": []}, {}),
]


@pytest.mark.parametrize(("of_3_1", "of_3_0"), SCHEMAS)
def test_a_schema_says_the_same_in_other_words(of_3_1, of_3_0):
    """A keyword of 3.1 becomes what 3.0 has for it; what 3.0 cannot say is left out, values stay as they are."""
    assert schema(of_3_1) == of_3_0


def test_a_document_has_no_parts_of_3_1():
    """Webhooks, dialect, summary, identifier of the license and texts beside references are left out; paths stay."""
    media = {"schema": {"type": ["string", "null"]}, "example": {"schema": {"const": 1}}}
    operation = {
        "parameters": [{"$ref": "#/components/parameters/P", "description": "d"}],
        "responses": {"200": {"description": "", "content": {"application/json": media}}},
    }
    document = {
        **HEAD,
        "jsonSchemaDialect": "https://example.com",
        "webhooks": {"w": {}},
        "info": {**HEAD["info"], "summary": "s", "license": {"name": "n", "identifier": "MIT"}},
        "paths": {"/a": {"get": operation}},
        "components": {"pathItems": {}, "parameters": {"P": {"name": "p", "in": "query", "schema": {"const": 1}}}},
    }

    found = downgraded(document)

    assert (found["openapi"], found["info"]["license"]) == ("3.0.3", {"name": "n"})
    assert not {"webhooks", "jsonSchemaDialect"} & found.keys() and "summary" not in found["info"]
    assert found["paths"]["/a"]["get"]["parameters"] == [{"$ref": "#/components/parameters/P"}]
    assert found["components"]["parameters"]["P"]["schema"] == {"enum": [1]}
    made = found["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]
    assert made == {"schema": {"type": "string", "nullable": True}, "example": {"schema": {"const": 1}}}
