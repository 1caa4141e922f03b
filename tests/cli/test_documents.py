"""The commands `openapi` and `postman`."""

import json

from kpn_sandbox.documents import ENVIRONMENT, FILES
from kpn_sandbox.vendors.kpn.api import KpnApi


def test_the_openapi_document_is_printed(run):
    """`openapi` prints the document for the sandbox at `--url`."""
    code, out, _ = run("openapi", "--url", "http://box:1")

    document = json.loads(out)
    assert (code, document["servers"][0]["url"]) == (0, "http://box:1")


def test_an_api_is_named_in_either_spelling(run):
    """`bright-pattern` and `bright_pattern` name the same document."""
    assert run("openapi", "bright_pattern") == run("openapi", "bright-pattern")
    assert run("openapi", "bright_pattern")[0] == 0


def test_the_openapi_document_may_be_of_version_3_0(run):
    """`openapi --openapi 3.0` prints the document for tools that read no newer one."""
    code, out, _ = run("openapi", "itx", "--openapi", "3.0")

    assert (code, json.loads(out)["openapi"]) == (0, "3.0.3")


def test_the_postman_files_are_written(run, tmp_path):
    """`postman` writes the collections and the environment and says where."""
    code, out, _ = run("postman", str(tmp_path / "new"), "--client-id", "me", "--url", "http://box:1/")

    written = {path.name: json.loads(path.read_text()) for path in (tmp_path / "new").iterdir()}
    values = {each["key"]: each["value"] for each in written[ENVIRONMENT]["values"]}
    assert (code, out.count("\n"), set(written)) == (0, len(FILES), set(FILES))
    assert written[KpnApi.postman.file]["info"]["name"] == "KPN Dashboard Server"
    assert (values["base_url"], values["client_id"]) == ("http://box:1", "me")


def test_quiet_prints_nothing(run, tmp_path):
    """With `-q` the files are written and nothing is printed; with `--json` an object says which."""
    assert run("openapi", "-q") == (0, "", "")
    assert run("postman", str(tmp_path), "-q") == (0, "", "")
    code, out, _ = run("postman", str(tmp_path), "--json")

    assert (code, json.loads(out)) == (0, {"written": [str(tmp_path / name) for name in FILES]})
    assert json.loads(run("openapi", "--json")[1])["openapi"].startswith("3.")
