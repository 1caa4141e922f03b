"""The package's source code, read and parsed once for all tests that hold it against rules."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PROJECT = Path(__file__).parent.parent
PACKAGE = PROJECT / "kpn_sandbox"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One module of the package, such as `kpn_sandbox.tenants.clock`."""

    path: Path

    @cached_property
    def name(self) -> str:
        parts = self.path.relative_to(PROJECT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def file(self) -> str:
        """The path below the package, for messages."""
        return self.path.relative_to(PACKAGE).as_posix()

    @cached_property
    def area(self) -> str:
        """The subpackage or module of the package that it belongs to; empty for the package's own docstring."""
        return self.name.partition(".")[2].partition(".")[0]

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the syntax tree."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def imports(self) -> frozenset[str]:
        """The full name of everything that it imports, also inside functions."""
        return frozenset(name for node in self.nodes for name in self.names_imported(node))

    def names_imported(self, node: ast.AST) -> Iterator[str]:
        """The full names that one statement imports; none if it is no import."""
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            package = self.path.relative_to(PROJECT).parent.parts
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            source = ".".join(part for part in (base, node.module or "") if part)
            yield from (f"{source}.{alias.name}" for alias in node.names)

    @cached_property
    def attributes(self) -> frozenset[tuple[str, str]]:
        """Every attribute that it reads, with the last name before the dot."""
        found = set()
        for node in self.nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
                owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
                found.add((owner, node.attr))
        return frozenset(found)

    def definitions(self) -> Iterator[tuple[str, ast.ClassDef | Function, ast.ClassDef | None]]:
        """Its classes, functions and methods: the name, after that of the class; the node; the class of a method."""
        for node in self.tree.body:
            if isinstance(node, ast.ClassDef | Function):
                yield node.name, node, None
            if isinstance(node, ast.ClassDef):
                methods = (each for each in node.body if isinstance(each, Function))
                yield from ((f"{node.name}.{each.name}", each, node) for each in methods)


MODULES = tuple(Module(path) for path in sorted(PACKAGE.rglob("*.py")))
BY_NAME = {module.name: module for module in MODULES}


def of_area(*areas: str) -> list[Module]:
    """The modules of some subpackages."""
    return [module for module in MODULES if module.area in areas]


def owner(imported: str) -> Module | None:
    """The module of the package that an imported name comes from; None for a library."""
    return BY_NAME.get(imported) or BY_NAME.get(imported.rpartition(".")[0])


def listed(violations: Iterable[str]) -> str:
    """The message of a test that found these: one a line."""
    return "\n".join(["", *sorted(violations)])
