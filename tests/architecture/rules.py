"""The rules of the house. Each takes modules and returns what breaks it, a sentence each."""

import ast
from collections.abc import Callable, Iterable
from pathlib import Path

from architecture.modules import Module

Rule = Callable[[list[Module]], list[str]]

OPERATOR = "kubeshot_operator"
CAPTURE = "kubeshot_capture"
CONTRACT = "kubeshot_contract"
CLI = "kubeshot_cli"

# The arrows of the architecture's picture, each with all that it implies. `settings` and the composition root stand
# outside: nothing but `__main__` imports the first, and nothing at all the second.
MAY_IMPORT = {
    "__main__": {"handlers", "runtime", "adapters", "decide", "api", "settings"},
    "handlers": {"runtime", "adapters", "decide", "api"},
    "runtime": {"adapters", "decide", "api"},
    "adapters": {"api"},
    "decide": {"api"},
    "api": set(),
    "settings": set(),
}

ALLOWED_IN = {
    "kopf": {f"{OPERATOR}.handlers", f"{OPERATOR}.__main__"},
    "aiohttp": {
        f"{OPERATOR}.adapters",
        f"{OPERATOR}.runtime.health",
        f"{OPERATOR}.runtime.dispatch",
        f"{OPERATOR}.__main__",
    },
    # Importing the official client costs 40 MB and 1.2 s.
    "kubernetes": set[str](),
    "minio": {f"{OPERATOR}.adapters.storage", f"{OPERATOR}.adapters.storage_problems"},
    "opentelemetry": {f"{OPERATOR}.adapters.tracing"},
    "prometheus_client": {f"{OPERATOR}.runtime.metrics"},
    "urllib3": {f"{OPERATOR}.adapters.storage", f"{OPERATOR}.adapters.storage_problems"},
    # What decides knows no browser: areas, quiet, traffic, banners, challenge, material and the like.
    "playwright": {
        f"{CAPTURE}.{module}"
        for module in (
            *(
                "browser",
                "driver",
                "tab",
                "stages",
                "blocking",
                "clock",
                "console",
                "dialogs",
                "origin_access",
                "popups",
            ),
            *("session", "warm.chromium", "warm.clipboard", "warm.program", "warm.seat"),
        )
    },
    "braveblock": {f"{CAPTURE}.filter_lists"},
    "cel_expr_python": {f"{CLI}.cel_rules"},
    "jsonschema": {f"{CLI}.validation"},
    "yaml": {f"{CLI}.manifest", f"{CLI}.schema"},
    "PIL": {CAPTURE},
}

IMPURE = ("asyncio", "logging", "os", "random", "secrets", "socket", "threading", "time")
NAMES_OF_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
MAX_LINES = 250


def layers_point_one_way(modules: list[Module]) -> list[str]:
    """A layer imports only those to its right."""
    return [
        f"{module.path}: {module.layer} must not import {imported}"
        for module in _of(modules, OPERATOR)
        for imported in _layers_in(module)
        if imported not in MAY_IMPORT.get(module.layer, set()) | {module.layer}
    ]


def every_layer_has_its_place(modules: list[Module]) -> list[str]:
    """A new folder or module beside the layers says in `MAY_IMPORT` where it stands."""
    known = {*MAY_IMPORT, OPERATOR}
    return [
        f"{module.path}: {module.layer} has no place" for module in _of(modules, OPERATOR) if module.layer not in known
    ]


def operator_and_capture_share_the_contract_only(modules: list[Module]) -> list[str]:
    """Neither of the two programs imports the other, the command imports the capture, and the contract imports none."""
    apart = {
        OPERATOR: (CAPTURE, CLI),
        CAPTURE: (OPERATOR, CLI),
        CLI: (OPERATOR,),
        CONTRACT: (OPERATOR, CAPTURE, CLI),
    }
    return [
        f"{module.path}: must not import {other}"
        for package, others in apart.items()
        for module in _of(modules, package)
        for other in others
        if module.imports_any_of(other)
    ]


def libraries_stay_where_they_belong(modules: list[Module]) -> list[str]:
    """A library is imported only where the architecture says."""
    return [
        f"{module.path}: must not import {library}"
        for library, allowed in ALLOWED_IN.items()
        for module in modules
        if module.imports_any_of(library) and not any(_is_in(module, place) for place in allowed)
    ]


def contract_needs_nothing(modules: list[Module]) -> list[str]:
    """The contract imports the standard library only."""
    return [
        f"{module.path}: imports {name}" for module in _of(modules, CONTRACT) for name in sorted(module.outside_imports)
    ]


def decisions_are_pure(modules: list[Module]) -> list[str]:
    """A decision has no clock, no chance, no log and no world."""
    return [
        f"{module.path}: imports {name}"
        for module in _of(modules, f"{OPERATOR}.decide")
        for name in IMPURE
        if module.imports_any_of(name)
    ]


def decisions_never_ask_what_time_it_is(modules: list[Module]) -> list[str]:
    """The moment is a parameter of a decision."""
    return [
        f"{module.path}:{node.lineno}: calls {node.func.attr}()"
        for module in _of(modules, f"{OPERATOR}.decide")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CLOCKS
    ]


_CLOCKS = {"now", "utcnow", "today"}


def only_entry_points_read_the_environment(modules: list[Module]) -> list[str]:
    """Below `__main__` everything is passed in."""
    return [
        f"{module.path}: reads the environment"
        for module in modules
        if not module.name.endswith(".__main__") and _reads_environment(module)
    ]


def modules_are_small(modules: list[Module]) -> list[str]:
    """A module has fewer than 250 lines."""
    lengths = {module.path: len(module.text.splitlines()) for module in modules}
    return [f"{path}: {length} lines" for path, length in lengths.items() if length >= MAX_LINES]


def modules_say_what_they_are_for(modules: list[Module]) -> list[str]:
    """A module begins with a sentence."""
    return [f"{module.path}: has no docstring" for module in modules if not ast.get_docstring(module.tree)]


def names_mean_something(modules: list[Module]) -> list[str]:
    """No module is named after nothing."""
    return [
        f"{module.path}: is named after nothing" for module in modules if NAMES_OF_NOTHING & set(_words(module.path))
    ]


def operator_folder_is_no_package(modules: list[Module]) -> list[str]:
    """An `__init__.py` in operator/ would hide Python's own module of that name."""
    return [f"{module.path}: must not be" for module in modules if module.path == Path("operator/__init__.py")]


RULES: tuple[Rule, ...] = (
    layers_point_one_way,
    every_layer_has_its_place,
    operator_and_capture_share_the_contract_only,
    libraries_stay_where_they_belong,
    contract_needs_nothing,
    decisions_are_pure,
    decisions_never_ask_what_time_it_is,
    only_entry_points_read_the_environment,
    modules_are_small,
    modules_say_what_they_are_for,
    names_mean_something,
    operator_folder_is_no_package,
)


def _of(modules: Iterable[Module], place: str) -> list[Module]:
    return [module for module in modules if _is_in(module, place)]


def _is_in(module: Module, place: str) -> bool:
    return module.name == place or module.name.startswith(f"{place}.")


def _layers_in(module: Module) -> list[str]:
    parts = (name.split(".") for name in module.imports if name.startswith(f"{OPERATOR}."))
    return sorted({part[1] for part in parts})


def _reads_environment(module: Module) -> bool:
    attributes = (node.attr for node in ast.walk(module.tree) if isinstance(node, ast.Attribute))
    named = {"os.environ", "os.environb", "os.getenv"} & module.imports
    return bool(named) or any(name in ("environ", "environb", "getenv") for name in attributes)


def _words(path: Path) -> list[str]:
    return [word for part in path.with_suffix("").parts for word in part.split("_")]
