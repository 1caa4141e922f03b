"""Clients that four generators make of the OpenAPI documents compile, and those for KPN and the sandbox work."""

import compileall
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from shutil import copy

import pytest

from kpn_sandbox.documents import OPENAPI
from tests.end_to_end.test_openapi_tools import run
from tests.openapi_documents import document
from tests.tools import node_module, node_modules, python_module, tool

pytestmark = pytest.mark.slow

PROGRAMS = Path(__file__).parent / "generated"
STRICT = ["--strict", "--target", "es2022", "--module", "commonjs", "--moduleResolution", "bundler", "--types", ""]


def underscored(name):
    return name.replace("-", "_")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the documents, in which npm's global packages are found."""
    made = tmp_path_factory.mktemp("generated")
    (made / "node_modules").symlink_to(node_modules())
    for name in OPENAPI:
        (made / f"{name}.json").write_text(json.dumps(document(name)))
    return made


@pytest.fixture(scope="module")
def environment(sandbox):
    """Where the sandbox runs, and tokens."""
    return {"URL": sandbox.url, "TOKEN": sandbox.token(), "ADMIN_TOKEN": sandbox.admin_token}


def each_document(generate):
    """Call a function with the name of each document, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(generate, OPENAPI))


def test_openapi_python_client(folder, environment):
    """Its clients for all documents are made without a warning and compile; those of KPN and the sandbox work."""
    python_module("openapi_python_client")
    (folder / "opc.yaml").write_text("post_hooks: []\n")

    def generate(name):
        place = [f"--path={folder / name}.json", f"--output-path={folder}/opc_{underscored(name)}", "--meta=none"]
        command = [sys.executable, "-m", "openapi_python_client", "generate", *place, "--fail-on-warning"]
        return run(*command, f"--config={folder / 'opc.yaml'}", cwd=folder)

    each_document(generate)
    assert all(compileall.compile_dir(folder / f"opc_{underscored(name)}", quiet=1) for name in OPENAPI)
    run(sys.executable, PROGRAMS / "with_openapi_python_client.py", env={**environment, "PYTHONPATH": str(folder)})


def test_datamodel_code_generator(folder):
    """The models of pydantic that it makes for all documents can be imported, where warnings are errors."""
    python_module("datamodel_code_generator")

    def generate(name):
        made = folder / f"models_{underscored(name)}.py"
        kinds = ["--input-file-type=openapi", "--output-model-type=pydantic_v2.BaseModel", "--formatters=builtin"]
        place = [f"--input={folder / name}.json", f"--output={made}"]
        run(sys.executable, "-m", "datamodel_code_generator", *kinds, *place)
        return run(sys.executable, "-W", "error", made)

    assert each_document(generate) == [""] * len(OPENAPI)


def test_openapi_generator_and_openapi_typescript(folder, environment):
    """
    Clients of openapi-generator for Python and TypeScript compile for all documents, as do openapi-typescript's types.

    Those of KPN and the sandbox work. openapi-generator is started once, because the Java machine takes its time.
    """
    node_module("openapi-fetch")
    jar = Path(find_spec(python_module("openapi_generator_cli")).origin).with_name("openapi-generator.jar")
    settings = [setting(folder, name, kind) for name in OPENAPI for kind in ("python", "typescript-fetch")]
    run(tool("java"), "-jar", jar, "batch", "--fail-fast", "--threads", "2", *settings, cwd=folder)
    (folder / "types").mkdir()
    each_document(lambda name: run(tool("openapi-typescript"), f"{name}.json", "-o", f"types/{name}.d.ts", cwd=folder))

    assert all(
        compileall.compile_dir(folder / f"og-py-{name}" / f"og_{underscored(name)}", quiet=1) for name in OPENAPI
    )
    copy(PROGRAMS / "with_typescript.ts", folder)
    sources = ["with_typescript.ts", *(f"og-ts-{name}/index.ts" for name in OPENAPI)]
    run(tool("tsc"), *STRICT, "--outDir", "compiled", *sources, cwd=folder)

    python = {"PYTHONPATH": str(folder / "og-py-kpn")}
    run(sys.executable, PROGRAMS / "with_openapi_generator.py", env={**environment, **python})
    run(tool("node"), "compiled/with_typescript.js", env=environment, cwd=folder)


def setting(folder, name, kind):
    """A file with the settings of one client of openapi-generator."""
    short = {"python": "py", "typescript-fetch": "ts"}[kind]
    file = folder / f"{short}-{name}.setting.json"
    options = {"packageName": f"og_{underscored(name)}"} if kind == "python" else {}
    made = {"inputSpec": f"{name}.json", "generatorName": kind, "outputDir": f"og-{short}-{name}", **options}
    tests = dict.fromkeys(("apiTests", "modelTests", "apiDocs", "modelDocs"), "false")
    file.write_text(json.dumps({**made, "globalProperties": tests}))
    return file.name
