"""
The documents that describe the APIs, OpenAPI and Postman, made when they are requested.

OpenAPI 3.0 is made from 3.1, for tools that read nothing newer. What 3.0 cannot say is left out, so that a document of
3.0 allows what that of 3.1 allows, and sometimes more. No library on PyPI does this.

Source:
    https://spec.openapis.org/oas/v3.0.4, and the list of changes in https://learn.openapis.org/upgrading/v3.0-to-v3.1
"""

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from flask import Blueprint, Response, abort, request

from kpn_sandbox.control_api import openapi as control_openapi
from kpn_sandbox.control_api.errors import invalid_fields
from kpn_sandbox.gateway.hosts import base_url
from kpn_sandbox.gateway.responses import etag, unchanged
from kpn_sandbox.literals import DEMO_CLIENT_ID, DEMO_CLIENT_SECRET, hyphenated
from kpn_sandbox.vendors import APIS
from kpn_sandbox.vendors.itx.auth import itx_token

Json = dict[str, Any]

_APIS = {hyphenated(api.key): api for api in APIS}

OPENAPI = (*_APIS, "sandbox")
"""Names of the OpenAPI documents: the vendors' APIs and the control API."""

OPENAPI_VERSIONS = ("3.1", "3.0")
"""Versions of OpenAPI in which the documents are to be had; the first one by default."""

COLLECTIONS = {api.postman.file: api.postman for api in APIS}
"""The Postman collections by the names of their files."""

ENVIRONMENT = "kpn-sandbox.postman_environment.json"
FILES = (*COLLECTIONS, ENVIRONMENT)
"""Names of the Postman files."""

_VERSION_3_0 = "3.0.3"

_LISTS = ("anyOf", "oneOf", "allOf")
_VALUES = ("example", "examples", "default", "enum", "const", "required")
"""Keywords whose values are no schemas, whatever they look like."""
_UNKNOWN = {
    *("if", "then", "else", "dependentRequired", "dependentSchemas", "propertyNames", "patternProperties", "contains"),
    *("minContains", "maxContains", "prefixItems", "unevaluatedItems", "unevaluatedProperties", "contentSchema"),
    *("contentEncoding", "contentMediaType", "$id", "$schema", "$anchor", "$dynamicAnchor", "$dynamicRef", "$comment"),
    *("$defs", "$vocabulary"),
}
"""Keywords that 3.0 does not have, and nothing of the same meaning."""
_TYPE_OF = {
    **dict.fromkeys(("pattern", "minLength", "maxLength", "format"), ("string",)),
    **dict.fromkeys(
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), ("integer", "number")
    ),
    **dict.fromkeys(("items", "minItems", "maxItems", "uniqueItems"), ("array",)),
    **dict.fromkeys(("properties", "required", "additionalProperties", "minProperties", "maxProperties"), ("object",)),
}
"""Types that a keyword is about, where a schema has several types."""
_PYTHON_TYPES = {"string": str, "integer": int, "number": int | float, "boolean": bool, "array": list, "object": dict}


def blueprint(client_id: str, client_secret: str) -> Blueprint:
    """
    Return the blueprint of the documents.

    Args:
        client_id: Client id of the demo account, for the Postman environment.
        client_secret: Its secret; empty to leave it out.
    """
    documents = Blueprint("documents", __name__)

    @documents.get("/openapi/<name>.json", provide_automatic_options=False)
    def openapi(name: str) -> Response:
        name = hyphenated(name)
        if name not in OPENAPI:
            abort(404)
        # The document itself names its version with a third number.
        version = ".".join(request.args.get("openapi", OPENAPI_VERSIONS[0]).split(".")[:2])
        if version not in OPENAPI_VERSIONS:
            allowed = f"one of {', '.join(OPENAPI_VERSIONS)}"
            raise invalid_fields({"field": "openapi", "value": version, "allowed": allowed})
        return _document(json.dumps(openapi_document(name, base_url(request.environ), version)))

    @documents.get("/postman/", provide_automatic_options=False)
    def postman_files() -> Response:
        return _document(json.dumps({"files": [f"{base_url(request.environ)}/postman/{name}" for name in FILES]}))

    @documents.get("/postman/<name>", provide_automatic_options=False)
    def postman(name: str) -> Response:
        if name not in FILES:
            abort(404)
        return _document(text(name, base_url(request.environ), client_id, client_secret))

    return documents


def openapi_document(name: str, base_url: str, version: str = OPENAPI_VERSIONS[0]) -> dict[str, Any]:
    """
    Return the OpenAPI document of an API.

    Args:
        name: One of `OPENAPI`.
        base_url: URL of the sandbox as the reader sees it.
        version: One of `OPENAPI_VERSIONS`.
    """
    found = _APIS[name].openapi_document(base_url) if name in _APIS else control_openapi.document(base_url)
    return found if version == OPENAPI_VERSIONS[0] else downgraded(found)


def _document(text: str) -> Response:
    body = text.encode()
    headers = {"ETag": etag(body), "Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
    if unchanged(request.environ, headers["ETag"]):
        return Response(status=304, headers=headers)
    return Response(body, content_type="application/json", headers=headers)


def text(name: str, base_url: str, client_id: str = DEMO_CLIENT_ID, client_secret: str = DEMO_CLIENT_SECRET) -> str:
    """
    Return the content of a Postman file.

    Args:
        name: One of `FILES`.
        base_url: URL of the sandbox.
        client_id: Account of the environment.
        client_secret: Its secret; empty to leave it out.
    """
    is_environment = name == ENVIRONMENT
    document = environment(base_url, client_id, client_secret) if is_environment else COLLECTIONS[name].build()
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def environment(base_url: str, client_id: str, client_secret: str) -> dict[str, Any]:
    """
    Return the Postman environment.

    Args:
        base_url: URL of the sandbox.
        client_id: Account of the requests.
        client_secret: Its secret; empty to leave it out.
    """
    variables = {key: value for api in APIS for key, value in api.postman.variables.items()}
    values = {"base_url": base_url, "client_id": client_id, "client_secret": client_secret, **variables}
    values["itx_token"] = itx_token(client_id, client_secret) if client_secret else ""
    return {
        "id": str(uuid5(NAMESPACE_URL, ENVIRONMENT)),
        "name": "kpn_sandbox",
        "values": [{"key": key, "value": value, "type": _kind(key), "enabled": True} for key, value in values.items()],
        "_postman_variable_scope": "environment",
    }


def _kind(key: str) -> str:
    return "secret" if key.endswith(("_secret", "_token")) else "default"


def downgraded(document: Json) -> Json:
    """Return an OpenAPI 3.1 document as one of 3.0."""
    made: Json = _part({name: part for name, part in document.items() if name not in ("webhooks", "jsonSchemaDialect")})
    info = {name: part for name, part in made["info"].items() if name != "summary"}
    if "license" in info:
        info["license"] = {name: part for name, part in info["license"].items() if name != "identifier"}
    made |= {"openapi": _VERSION_3_0, "info": info, "paths": made.get("paths", {})}
    components: Json = document.get("components", {})
    if components:
        made["components"].pop("pathItems", None)
        schemas: Json = components.get("schemas", {})
        made["components"] |= {"schemas": {name: _schema(schema) for name, schema in schemas.items()}}
    return made


def _part(part: Any) -> Any:
    """Return a part of a document that is no schema."""
    if isinstance(part, list):
        return [_part(each) for each in part]
    if not isinstance(part, dict):
        return part
    if isinstance(part.get("$ref"), str):
        return {"$ref": part["$ref"]}
    return {name: _schema(each) if name == "schema" else _kept(name, each) for name, each in part.items()}


def _kept(name: str, part: Any) -> Any:
    return part if name in ("example", "examples", "value") else _part(part)


def _schema(schema: Any) -> Json:
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    found: Json = {name: _keyword(name, value) for name, value in schema.items() if _has_equal(name, value)}
    _set_limits(found)
    _set_values(found, schema)
    for name in (each for each in _LISTS if each in found):
        if {"type": "null"} in schema.get(name, ()):
            found["nullable"] = True
            found[name] = [_schema(each) for each in schema[name] if each != {"type": "null"}]
    if "$ref" in found and len(found) > 1:
        found["allOf"] = [{"$ref": found.pop("$ref")}, *found.get("allOf", ())]
    return _typed(found, types) if types else found


def _has_equal(name: str, value: Any) -> bool:
    """Whether 3.0 has a keyword, and can say all of its value where less would forbid more."""
    return name not in _UNKNOWN and not (name == "not" and _loses(value)) and not (name == "required" and not value)


def _loses(schema: Any) -> bool:
    """Whether a part of a schema has a keyword that is left out."""
    if isinstance(schema, list):
        return any(map(_loses, schema))
    if not isinstance(schema, dict):
        return False
    return bool(_UNKNOWN & schema.keys()) or any(_loses(each) for name, each in schema.items() if name not in _VALUES)


def _keyword(name: str, value: Any) -> Any:
    if name == "properties":
        return {member: _schema(each) for member, each in value.items()}
    if name in _LISTS:
        return [_schema(each) for each in value]
    if name in ("items", "not") or (name == "additionalProperties" and isinstance(value, dict)):
        return _schema(value)
    return value


def _set_limits(found: Json) -> None:
    """
    Write exclusive limits as limits that are no values themselves.

    3.0 has a truth value beside the limit for that, which openapi-backend takes for a number that is none.
    """
    excluded = []
    for exclusive, limit, stricter in (("exclusiveMinimum", "minimum", max), ("exclusiveMaximum", "maximum", min)):
        value = found.pop(exclusive, None)
        if value is not None:
            found[limit] = stricter(value, found.get(limit, value))
            # The other limit may be the stricter one, and that one is allowed itself.
            excluded += [value] if found[limit] == value else []
    if excluded:
        more = {"not": {"enum": excluded}}
        found |= {"allOf": [*found.get("allOf", ()), more]} if "not" in found else more


def _set_values(found: Json, schema: Json) -> None:
    """Write constants, examples and formats of content as 3.0 does."""
    if "const" in found:
        found["enum"] = [found.pop("const")]
    if isinstance(found.get("examples"), list):
        examples = found.pop("examples")
        found |= {"example": found.get("example", examples[0])} if examples else {}
    if schema.get("contentEncoding") == "base64":
        found["format"] = "byte"
    elif schema.get("contentMediaType") == "application/octet-stream":
        found["format"] = "binary"


def _typed(found: Json, types: list[str]) -> Json:
    """
    Return a schema with one type, or with a choice of schemas that have one.

    Args:
        found: The schema, whose `type` is dropped.
        types: Its types in 3.1.
    """
    found.pop("type", None)
    others = [each for each in types if each != "null"]
    if "null" in types:
        found["nullable"] = True
    if len(others) == 1:
        return {"type": others[0], **found}
    if not others:
        return {**found, "enum": [None]}
    about = {name for name in found if name in _TYPE_OF} | ({"enum"} & found.keys())
    kept = {name: value for name, value in found.items() if name not in about}
    choices = [_choice(each, {name: found[name] for name in found if name in about}) for each in others]
    choice = [each for each in choices if each.get("enum", True)]
    if found.get("nullable"):
        # In 3.0 null is one of the values of a type.
        choice = [{**each, "nullable": True} for each in choice]
        kept.pop("nullable")
    return (
        {**kept, "allOf": [*kept.get("allOf", ()), {"anyOf": choice}]} if "anyOf" in kept else {**kept, "anyOf": choice}
    )


def _choice(kind: str, keywords: Json) -> Json:
    of_kind = {name: value for name, value in keywords.items() if kind in _TYPE_OF.get(name, ())}
    if "enum" not in keywords:
        return {"type": kind, **of_kind}
    values = [each for each in keywords["enum"] if each is None or _is_of(each, kind)]
    return {"type": kind, **of_kind, "enum": values if any(each is not None for each in values) else []}


def _is_of(value: Any, kind: str) -> bool:
    is_truth = isinstance(value, bool)
    return is_truth if kind == "boolean" else not is_truth and isinstance(value, _PYTHON_TYPES[kind])
