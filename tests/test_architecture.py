"""The tree: imports point down, and every module that a document names is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROGRAM = ("cli", "pipelines")
BESIDE = ("configs", "training", "benchmarks", "tests")
PAGE = "docs/architecture.md"
DOCUMENTS = sorted(
    ["README.md", "CONTRIBUTING.md", "benchmarks/README.md", "training/README.md"]
    + [f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")]
)

LAYERS = (
    {"cli"},
    {"pipelines.estimate"},
    {"pipelines.run"},
    {"pipelines.shard_stages", "pipelines.result_stages"},
    {"pipelines.audit"},
    {"pipelines.coding"},
    {"pipelines.job", "pipelines.compare", "pipelines.report", "pipelines.evaluate"},
    {"pipelines.stories", "pipelines.narrate"},
    {"pipelines.read", "pipelines.translate", "pipelines.find", "pipelines.judge"},
    {"pipelines.chat"},
    {"pipelines.engines"},
    {"pipelines.config", "pipelines.identify"},
    {"pipelines.text"},
    {
        "pipelines", "pipelines.addresses", "pipelines.records", "pipelines.stages", "pipelines.errors", "pipelines.hashing",
        "pipelines.atomic", "pipelines.blocks", "pipelines.heap", "pipelines.progress",
    },
)  # fmt: skip
"""Packages, and modules outside one, from top to bottom: each imports only from layers below its own.

Modules of the last layer may import each other. Imports for type checkers only do not count.
"""
BOTTOM = len(LAYERS) - 1
EXCEPTIONS = {
    (
        "pipelines.text",
        "pipelines.config",
    ): "reads its data file with config/yaml_text.py, which needs no config",
    (
        "pipelines.text",
        "pipelines.engines",
    ): "the sentence encoder says what it is in a ModelIdentity, as engines do",
    (
        "pipelines.engines",
        "pipelines.judge",
    ): "the former place of a judge, which scripts outside the project import",
    (
        "pipelines.judge",
        "pipelines.job",
    ): "an NLI judge names AnswerMemory as the type of its option `memory`",
}


def modules_below(*folders: str) -> dict[str, Path]:
    """The path of each module, by its dotted name."""
    paths = [path.relative_to(ROOT) for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return {".".join(path.with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


PROGRAM_MODULES = modules_below(*PROGRAM)
MODULES = PROGRAM_MODULES | modules_below(*BESIDE)


@cache
def tree_of(module: str) -> ast.Module:
    """The parsed module."""
    return ast.parse((ROOT / MODULES[module]).read_text(encoding="utf-8"))


def at_runtime(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all below it, but for what is under `if TYPE_CHECKING`."""
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from at_runtime(child)


def imported(nodes: Iterator[ast.AST]) -> Iterator[str]:
    """Dotted names of the project's modules that are imported, whether they exist or not."""
    for node in nodes:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.module, "imports are absolute"
            below = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in MODULES else node.module for name in below]
        yield from (name for name in names if name.partition(".")[0] in (*PROGRAM, *BESIDE))


@cache
def imports_of(module: str) -> list[str]:
    """What a module of the program imports when it runs, in its order."""
    return list(imported(at_runtime(tree_of(module))))


def package_of(module: str) -> str:
    """The package whose place among the layers a module of the program has."""
    parts = module.split(".")
    return parts[0] if parts[0] == "cli" else ".".join(parts[:2])


def layer_of(package: str) -> int:
    """The layer of a package, 0 at the top."""
    for number, layer in enumerate(LAYERS):
        if package in layer:
            return number
    pytest.fail(f"{package} has no layer: add it to LAYERS in {Path(__file__).relative_to(ROOT)}")


def upward_imports() -> dict[tuple[str, str], list[str]]:
    """Imports that do not point down, by the packages they join; each `module imports module`."""
    found: dict[tuple[str, str], list[str]] = {}
    for module in PROGRAM_MODULES:
        for name in imports_of(module):
            above, below = package_of(module), package_of(name)
            at, to = layer_of(above), layer_of(below)
            if above != below and at >= to and not at == to == BOTTOM:
                found.setdefault((above, below), []).append(f"{module} imports {name}")
    return found


def test_imports_point_down() -> None:
    upward = [
        line for joined, lines in upward_imports().items() if joined not in EXCEPTIONS for line in lines
    ]
    assert not upward, "\n".join(upward)


def test_every_exception_and_every_layer_is_still_needed() -> None:
    assert EXCEPTIONS.keys() - upward_imports().keys() == set(), "remove these from EXCEPTIONS"
    packages = {package for layer in LAYERS for package in layer}
    assert packages - {package_of(module) for module in PROGRAM_MODULES} == set(), "remove these from LAYERS"


def test_no_module_imports_itself_through_others() -> None:
    graph = {module: set(imports_of(module)) - {module} for module in PROGRAM_MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" is imported by ".join(error.args[1]))


@pytest.mark.parametrize("folder", [*PROGRAM, *BESIDE])
def test_every_module_that_is_imported_is_there(folder: str) -> None:
    missing = [
        f"{path} imports {name}"
        for module, path in MODULES.items()
        if path.parts[0] == folder
        for name in imported(ast.walk(tree_of(module)))
        if name not in MODULES
    ]
    assert not missing, "\n".join(missing)


def test_every_module_of_the_program_has_one_line_in_the_page() -> None:
    lines = (ROOT / PAGE).read_text(encoding="utf-8").splitlines()
    described = [line.split("`")[1] for line in lines if line.startswith("| `")]
    paths = {str(path) for path in PROGRAM_MODULES.values()}
    absent = "\n".join(f"| `{path}` | what it does |" for path in sorted(paths - set(described)))
    assert not absent, f"{PAGE} lacks these lines:\n{absent}"
    assert not {name for name in described if described.count(name) > 1}, "described twice"


PATH = re.compile(rf"(?<![\w/.-])(?:\.\./)*((?:{'|'.join((*PROGRAM, *BESIDE, 'docs'))})/[\w./*-]*)")
DOTTED = re.compile(rf"(?<![\w/.-])(?:{'|'.join((*PROGRAM, *BESIDE))})(?:\.[A-Za-z_]\w*)+")


def dead_names(text: str) -> Iterator[str]:
    """The paths and dotted names of the project in a text that lead nowhere."""
    for path in PATH.findall(text):
        if not any(ROOT.glob(path.rstrip("./"))):
            yield path
    for name in DOTTED.findall(text):
        if not is_defined(name):
            yield name


def is_defined(name: str) -> bool:
    """Whether a dotted name is a module, or is in one."""
    module, rest = name, ""
    while module not in MODULES:
        module, _, rest = module.rpartition(".")
        if not module:
            return False
    return not rest or rest in names_in(tree_of(module))


def names_in(tree: ast.Module) -> set[str]:
    """What a module defines at its top level."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {
                part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)
            }
    return names


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_names_only_what_is_there(document: str) -> None:
    dead = list(dead_names((ROOT / document).read_text(encoding="utf-8")))
    assert not dead, "\n".join(dead)


def test_docstrings_name_only_what_is_there() -> None:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    dead = [
        f"{MODULES[module]}: {name}"
        for module in MODULES
        for node in ast.walk(tree_of(module))
        if isinstance(node, documented)
        for name in dead_names(ast.get_docstring(node) or "")
    ]
    assert not dead, "\n".join(dead)
