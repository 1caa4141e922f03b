"""What the guides for developers say of the code is so: paths, layers, modules, words. Links of all pages work."""

import ast
import re

import pytest

from kpn_sandbox.web.manual import anchor
from tests.source import BY_NAME, MODULES, PACKAGE, PROJECT, listed
from tests.test_architecture import BESIDE_CLI, LAYERS, LEAVES, VENDOR_MODULES

PAGES = {path.name: path.read_text(encoding="utf-8") for path in sorted((PROJECT / "docs").glob("*.md"))}
GUIDES = {name: PAGES[name] for name in ("architecture.md", "contributing.md")}
README = PROJECT / "README.md"
ARCHITECTURE = GUIDES["architecture.md"]

TOOLS = {"newman", "pyright", "nginx"}
"""Names of programs that the tests use and the package does not."""

SUFFIXES = "py|md|toml|cfg|css|js|html|json|txt"


def section(title: str) -> str:
    """The text below a heading of the architecture guide, up to the next one."""
    return ARCHITECTURE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def tables(text: str) -> list[list[list[str]]]:
    """The cells of each table in a text, without its head."""
    found = re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE)
    return [[[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()[2:]] for table in found]


def code(text: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`\n]+)`", text)


def paths(text: str) -> list[str]:
    """What stands in backticks and looks like a path in this project: below one of its folders, or a file name."""
    folders = {path.name for path in PROJECT.iterdir()}
    return [
        each
        for each in code(text)
        if re.fullmatch(r"[\w.-]+(/[\w.-]+)*/?", each)
        and (each.partition("/")[0] in folders and "/" in each or re.search(rf"\.({SUFFIXES})$", each))
    ]


@pytest.mark.parametrize("guide", GUIDES)
def test_every_path_exists(guide):
    """Each path in a guide, from the root of the project, leads to a file or folder."""
    missing = {path for path in paths(GUIDES[guide]) if not (PROJECT / path).exists()}

    assert paths(GUIDES[guide])
    assert not missing, listed(missing)


@pytest.mark.parametrize("guide", GUIDES)
def test_every_name_is_one_of_the_code(guide):
    """Each word in backticks that may be a name, dotted or not, occurs in the package or in a package's name."""
    text = "\n".join(f"{module.name}\n{module.text}" for module in MODULES)
    names = {each for each in code(GUIDES[guide]) if re.fullmatch(r"[A-Za-z_][\w.]*", each)} - {*paths(GUIDES[guide])}

    unknown = {each for each in names for part in each.split(".") if not re.search(rf"\b{part}\b", text)} - TOOLS
    assert not unknown, listed(unknown)


@pytest.mark.parametrize("path", [README, *(PROJECT / "docs" / name for name in PAGES)], ids=lambda path: path.name)
def test_every_link_leads_somewhere(path):
    """Each relative link leads to a file, and to a heading where it names one."""
    broken = set()
    for target in re.findall(r"\]\((?!https?:)([^)]*)\)", path.read_text(encoding="utf-8")):
        name, _, fragment = target.partition("#")
        found = path.parent / name if name else path
        text = found.read_text(encoding="utf-8") if fragment and found.exists() else ""
        if not found.exists() or fragment and fragment not in map(anchor, re.findall(r"^#+ (.*)$", text, re.MULTILINE)):
            broken.add(target)

    assert not broken, listed(broken)


def test_the_layers_are_those_of_the_code():
    """The tables of layers and leaves, and the line of the import direction, are what the architecture test holds."""
    layers, leaves = tables(section("Layers"))
    direction = next(line for line in section("Layers").splitlines() if "←" in line)
    beside = next(line for line in section("Layers").splitlines() if "beside" in line and not line.startswith("|"))

    assert [code(row[0])[0] for row in layers] == [*LAYERS]
    assert {code(row[0])[0] for row in leaves} == {*LEAVES}
    assert code(direction) == [*LAYERS]
    assert {*BESIDE_CLI} <= {*code(beside)}


def test_the_modules_of_a_vendor_are_those_of_the_code():
    """The table of a vendor's modules is the set that the architecture test holds."""
    [modules] = tables(section("Modules of a vendor"))

    assert {code(row[0])[0] for row in modules} == {*VENDOR_MODULES, "__init__"}


def test_every_cache_is_in_the_table():
    """Each module that makes a cache is named where the guide says what drops a value."""
    makers = {module.file for module in MODULES if re.search(r"= (BoundedCache|SingleFlightCache)\(", module.text)}

    missing = {file for file in makers if f"kpn_sandbox/{file}" not in paths(section("Caches"))}
    assert makers
    assert not missing, listed(missing)


def test_each_change_is_found_with_one_search():
    """The word to search for occurs in the files of its row, and there are at least fifteen rows."""
    [rows] = tables(section("Where do I change ..."))
    assert len(rows) >= 15

    nowhere = set()
    for change, files, words, tests in rows:
        texts = [_text(path) for path in paths(files)]
        for word in code(words):
            nowhere |= {f"{change}: {word}"} if not any(word in text for text in texts) else set()
        assert paths(tests), change
    assert not nowhere, listed(nowhere)


def _text(path: str) -> str:
    found = PROJECT / path
    files = sorted(found.rglob("*.py")) if found.is_dir() else [found]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def test_the_package_names_its_packages_and_modules():
    """The docstring of `kpn_sandbox` has a line for each package and module at its top level."""
    docstring = ast.get_docstring(BY_NAME["kpn_sandbox"].tree) or ""
    present = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}

    named = re.findall(r"^    (\w+)  +\S", docstring, re.MULTILINE)
    assert sorted(named) == sorted(present - {"__init__"})
