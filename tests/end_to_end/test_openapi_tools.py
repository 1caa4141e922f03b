"""Linters, validators, importers and proxies of others take the OpenAPI documents as they are."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from requests.auth import HTTPDigestAuth

from kpn_sandbox.documents import ENVIRONMENT, OPENAPI, text
from kpn_sandbox.literals import hyphenated
from kpn_sandbox.vendors import APIS
from kpn_sandbox.vendors.itx.auth import PARAMETER, itx_token
from tests.application import CREDENTIALS
from tests.end_to_end.test_fuzzed_documents import TOKEN_PATHS
from tests.openapi_documents import DOCUMENTS, document, example_requests, operations
from tests.tools import node_module, node_modules, python_module, tool

pytestmark = pytest.mark.slow

SCRIPTS = Path(__file__).parent / "openapi_tools"
ID, SECRET = CREDENTIALS.values()
COLLECTION_OF = {hyphenated(api.key): api.postman.file for api in APIS}


def run(*command, **options):
    """Run a command, which must succeed, and return what it printed."""
    environment = {**os.environ, "NODE_PATH": str(node_modules()), **options.pop("env", {})}
    ran = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=180, env=environment, **options)
    assert ran.returncode == 0, ran.stdout[-5000:] + ran.stderr[-5000:]
    return ran.stdout


@pytest.fixture(scope="module")
def files(tmp_path_factory, sandbox):
    """The documents of the running sandbox in files, by name and version."""
    folder = tmp_path_factory.mktemp("documents")
    made = {key: folder / f"{key[0]}-{key[1]}.json" for key in DOCUMENTS}
    for (name, version), file in made.items():
        file.write_text(json.dumps(document(name, version, sandbox.url)))
    return made


def token(sandbox, name):
    """The bearer token for the operations of a document; empty where they take another kind of credentials."""
    if name not in TOKEN_PATHS:
        return sandbox.admin_token if name == "sandbox" else ""
    form = {"grant_type": "client_credentials", **CREDENTIALS}
    return requests.post(sandbox.url + TOKEN_PATHS[name], data=form).json()["access_token"]


def test_spectral_finds_nothing(files, tmp_path):
    """The rules of `spectral:oas` find no error and nothing to warn of, in either version."""
    (tmp_path / ".spectral.yaml").write_text('extends: ["spectral:oas"]\n')

    found = run(tool("spectral"), "lint", "--fail-severity=hint", *files.values(), cwd=tmp_path)

    assert "No results" in found


def test_redocly_finds_nothing(files, tmp_path):
    """Redocly's recommended rules find no error and nothing to warn of, in either version."""
    found = run(tool("redocly"), "lint", *files.values(), "--extends=recommended", "--format=json", cwd=tmp_path)

    # It writes a report for each file, one behind the other.
    assert found.count('"problems": []') == len(files), found


def test_the_validator_of_the_specification_accepts_them(files):
    """openapi-spec-validator accepts every document in either version."""
    found = run(sys.executable, "-m", python_module("openapi_spec_validator"), *files.values())

    assert found.count(": OK") == len(files)


def test_patterns_are_those_of_javascript(files):
    """Every pattern compiles in JavaScript with the flag `u`, as ECMA 262 has it."""
    assert run(tool("node"), SCRIPTS / "patterns.js", *files.values()) == ""


@pytest.mark.parametrize(("name", "version"), DOCUMENTS)
def test_every_example_is_accepted(sandbox, name, version):
    """The sandbox accepts the request with the examples of each operation, in the order of the document."""
    bearer, digest = token(sandbox, name), HTTPDigestAuth(ID, SECRET) if name == "kaisa" else None
    own = {PARAMETER: itx_token(ID, SECRET)} if name == "itx" else {}
    with requests.Session() as session:
        for each in example_requests(document(name, version)):
            headers = {**each.headers, **({"Authorization": f"Bearer {bearer}"} if bearer and not each.is_open else {})}
            url, query = sandbox.url + each.path, {**each.query, **own}
            answer = session.request(each.method, url, params=query, headers=headers, data=each.body, auth=digest)
            assert answer.status_code < 300, (each, answer.text)
            assert answer.content or "Content-Type" not in answer.headers


@pytest.mark.parametrize("name", OPENAPI)
def test_postman_imports_a_document_and_sends_all_of_it(sandbox, files, tmp_path, name):
    """
    Postman's importer makes a collection with its default options, and each request of it is accepted.

    The importer fills in no examples, but default values. newman does not fetch tokens of OAuth 2.0 by itself, so a
    token takes the place of that; it sends each request of HTTP Digest twice, of which the second has credentials.
    """
    imported, report = tmp_path / "collection.json", tmp_path / "report.json"
    run(tool("openapi2postmanv2"), "-s", files[name, "3.1"], "-o", imported, cwd=tmp_path)
    whole = imported.read_text()
    collection = json.loads(whole)
    put_token(collection["item"])
    imported.write_text(json.dumps(collection))
    values = {
        **{"baseUrl": sandbox.url, "bearerToken": token(sandbox, name), "apiKey": itx_token(ID, SECRET)},
        **{"digestAuthUsername": ID, "digestAuthPassword": SECRET, "realm": "Kaisa"},
    }
    variables = [option for key, value in values.items() for option in ("--env-var", f"{key}={value}")]

    run(tool("newman"), "run", imported, *variables, "--reporters=json", f"--reporter-json-export={report}")

    executions = json.loads(report.read_text())["run"]["executions"]
    last = {each["item"]["id"]: each for each in executions}
    refused = [
        (each["item"]["name"], each["response"]["code"]) for each in last.values() if each["response"]["code"] >= 400
    ]
    assert refused == []
    assert len(last) == len(list(operations(document(name))))


def put_token(items):
    """Put a bearer token in place of OAuth 2.0, with which newman sends no token."""
    for each in items:
        put_token(each.get("item", ()))
        if (each.get("request", {}).get("auth") or {}).get("type") == "oauth2":
            bearer = [{"key": "token", "value": "{{bearerToken}}", "type": "string"}]
            each["request"]["auth"] = {"type": "bearer", "bearer": bearer}


@pytest.mark.parametrize("name", OPENAPI)
def test_validators_of_openapi_3_0_take_it(tmp_path, name):
    """openapi-backend and express-openapi-validator, which refuse 3.1, take the document of 3.0 and its examples."""
    node_module("openapi-backend"), node_module("express-openapi-validator"), node_module("express")
    old, sent = document(name, "3.0"), tmp_path / "sent.json"
    asked = [each._asdict() for each in example_requests(old)]
    sent.write_text(json.dumps({"document": old, "requests": asked}))

    assert run(tool("node"), SCRIPTS / "validators.js", sent) == ""


@pytest.fixture
def proxy(tmp_path):
    """Start Prism's proxy, which refuses what a document does not allow, in front of a sandbox."""
    started = []

    def start(file, url):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        log = (tmp_path / "prism.log").open("w")
        command = [tool("prism"), "proxy", str(file), url, "--errors", "--host", "127.0.0.1", "--port", str(port)]
        started.append((subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT), log))
        wait_for(port)
        return f"http://127.0.0.1:{port}"

    yield start
    for process, log in started:
        process.terminate()
        process.wait(20)
        log.close()


def wait_for(port):
    """Wait until a port accepts connections."""
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("Prism does not listen")


@pytest.mark.parametrize("name", COLLECTION_OF)
def test_prism_lets_the_collection_pass(sandbox, proxy, tmp_path, name):
    """
    Between a collection and the sandbox, `prism proxy --errors` has nothing to report.

    Prism refuses every request of HTTP Digest: those without credentials, to which the challenge is the answer, and
    those whose values have capitals or no quotes (its pattern is `"[a-z0-9]*"`). So Kaisa's document has none here.
    """
    described = document(name, url=sandbox.url)
    for *_, operation in operations(described):
        if name == "kaisa":
            del operation["security"]
    file = tmp_path / "document.json"
    file.write_text(json.dumps(described))
    for each in (COLLECTION_OF[name], ENVIRONMENT):
        (tmp_path / each).write_text(text(each, sandbox.url), encoding="utf-8")
    through = proxy(file, sandbox.url)
    # ITX's collection asks the sandbox itself for a customer, which is no operation of the document.
    own = f"itx_url={through}/rest/kpi?token={{{{itx_token}}}}" if name == "itx" else f"base_url={through}"

    run(tool("newman"), "run", tmp_path / COLLECTION_OF[name], "-e", tmp_path / ENVIRONMENT, "--env-var", own)

    log = (tmp_path / "prism.log").read_text()
    assert "Request received" in log
    assert [line for line in log.splitlines() if "error" in line or "violation" in line.lower()] == []
