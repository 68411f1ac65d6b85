"""The modules of the product as the rules see them: read by their syntax tree, never imported."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOTS = ("operator", "capture-image", "cli")


@dataclass(frozen=True)
class Module:
    """One file: its name as Python imports it, its place in the repository, and its text."""

    name: str
    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def imports(self) -> frozenset[str]:
        """The dotted names that are imported anywhere in the file, also inside functions and for types only."""
        return frozenset(_imported(self.tree, self.name, is_package=self.path.name == "__init__.py"))

    @property
    def layer(self) -> str:
        """The first part of the name below its package, such as `decide`; the package's own name for its `__init__`."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else parts[0]

    @property
    def outside_imports(self) -> frozenset[str]:
        """The top-level names that are imported from neither the standard library nor this product."""
        tops = {name.partition(".")[0] for name in self.imports}
        return frozenset(top for top in tops if top not in sys.stdlib_module_names and not top.startswith("kubeshot_"))

    def imports_any_of(self, wanted: str) -> bool:
        """Say whether the module imports `wanted` or something inside it."""
        return any(name == wanted or name.startswith(f"{wanted}.") for name in self.imports)


def read_modules(repository: Path) -> list[Module]:
    """Return all modules of the product under this repository."""
    return [
        Module(_name_of(path.relative_to(repository / root)), path.relative_to(repository), path.read_text("utf-8"))
        for root in ROOTS
        for path in sorted((repository / root).rglob("*.py"))
        if not _is_passed_over(path.relative_to(repository))
    ]


def _is_passed_over(path: Path) -> bool:
    return "node_modules" in path.parts or any(part.startswith(".") for part in path.parts)


def _name_of(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(tree: ast.Module, name: str, *, is_package: bool) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = _parent(name, node.level, is_package=is_package)
            source = ".".join(part for part in (parent, node.module) if part)
            yield from (f"{source}.{alias.name}" for alias in node.names)


def _parent(name: str, level: int, *, is_package: bool) -> str:
    if level == 0:
        return ""
    parts = name.split(".")
    return ".".join(parts[: len(parts) - level + is_package])
