"""Docstrings: each can be understood without the name above it, and says what a caller has to know."""

import ast
import re
from importlib import import_module

from tests.source import MODULES, Function, Module, listed

RIDDLES = ("Of ", "Likewise", "Those ", "Whose ", "What ", "The same", "And ", "So ", "Nothing else")
"""First words that lean on something that the reader has not before the eyes."""

FRAMEWORKS = re.compile(r"do_[A-Z]+|pytest_\w+")
"""Functions whose parameters a framework gives: handlers of `http.server`, hooks of pytest."""
DECLARED = ("command", "endpoint", "fixture")
"""Decorators that say what comes in."""


PUBLIC = [
    (module, name, node)
    for module in MODULES
    for name, node, _ in module.definitions()
    if not name.startswith("_") and not node.name.startswith("_")
]
"""Public classes, functions, and methods of public classes."""
FUNCTIONS = [(module, name, node) for module, name, node in PUBLIC if isinstance(node, Function)]
DOCUMENTED = [
    *((module.file, module.tree) for module in MODULES),
    *((f"{module.file}: {name}", node) for module, name, node in PUBLIC),
]


def docstring(node: ast.AST) -> str:
    return ast.get_docstring(node) or ""


def parameters(function: Function) -> list[str]:
    """What a caller hands in, without the object or class itself."""
    spec = function.args
    found = [each.arg for each in (*spec.posonlyargs, *spec.args, spec.vararg, *spec.kwonlyargs, spec.kwarg) if each]
    return [name for name in found if name not in ("self", "cls")]


def own_nodes(function: Function) -> list[ast.AST]:
    """The nodes of a function's body, without those of functions and classes inside it."""
    found, waiting = [], list(function.body)
    while waiting:
        node = waiting.pop()
        found.append(node)
        if not isinstance(node, Function | ast.ClassDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return found


def section(text: str, title: str) -> str:
    """A section of a docstring, such as `Args`; empty if it has none."""
    found = re.search(rf"^{title}:\n((?:[ ].*\n?|\n)+)", text, re.MULTILINE)
    return found[1] if found else ""


def test_public_things_have_docstrings():
    """Everything public says what it is, in a first sentence that ends."""
    silent = {place for place, node in DOCUMENTED if not docstring(node).split("\n\n")[0].rstrip().endswith(".")}

    assert not silent, listed(silent)


def test_docstrings_are_understood_without_the_name():
    """The first words do not lean on what stands above them."""
    riddles = {
        f"{place}: {docstring(node).splitlines()[0]}"
        for place, node in DOCUMENTED
        if docstring(node).startswith(RIDDLES)
    }
    assert not riddles, listed(riddles)


def overrides(module: Module, name: str) -> bool:
    """Whether a method is one of a class before it, which explains its parameters."""
    owner, _, method = name.rpartition(".")
    if not owner:
        return False
    return any(method in vars(base) for base in getattr(import_module(module.name), owner).__mro__[1:])


def declared(function: Function) -> bool:
    """Whether a decorator says what a function is given, such as the options of a command."""
    decorators = (each.func if isinstance(each, ast.Call) else each for each in function.decorator_list)
    return any(ast.unparse(each).rpartition(".")[2] in DECLARED for each in decorators)


def test_two_or_more_parameters_are_explained():
    """`Args` names each parameter of a public function that takes at least two; overrides and commands apart."""
    unexplained = set()
    for module, name, function in FUNCTIONS:
        names = parameters(function)
        if len(names) < 2 or FRAMEWORKS.fullmatch(function.name) or declared(function) or overrides(module, name):
            continue
        groups = re.findall(r"^ +\**([\w, *]+?)(?: \(.*?\))?:", section(docstring(function), "Args"), re.MULTILINE)
        explained = {each.strip(" *") for group in groups for each in group.split(",")}
        if {*names} - explained:
            unexplained.add(f"{module.file}: {name}: {', '.join(each for each in names if each not in explained)}")

    assert not unexplained, listed(unexplained)


def test_args_are_parameters():
    """`Args` names nothing that is not there any more."""
    outdated = set()
    for module, name, function in FUNCTIONS:
        explained = re.findall(r"^    \**(\w+)(?: \(.*?\))?:", section(docstring(function), "Args"), re.MULTILINE)
        outdated |= {f"{module.file}: {name}: {each}" for each in explained if each not in parameters(function)}

    assert not outdated, listed(outdated)


def test_errors_are_announced():
    """`Raises` stands where a public function itself raises, and names the errors; overrides apart."""
    silent = set()
    for module, name, function in FUNCTIONS:
        if overrides(module, name):
            continue
        text = section(docstring(function), "Raises")
        for node in own_nodes(function):
            if isinstance(node, ast.Raise) and node.exc is not None:
                raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
                error = ast.unparse(raised).rpartition(".")[2]
                if error[0].isupper() and error not in text or not text:
                    silent.add(f"{module.file}: {name}: {error}")

    assert not silent, listed(silent)
