"""The house: no circles between files, and what the package shows to those who import it."""

import ast
import importlib
import subprocess
import sys

import pytest
from conftest import ROOT

import micrograd_cli
from micrograd_cli.algebra.branches import BRANCHES
from micrograd_cli.algebra.scalar import FLOAT, IEEE
from micrograd_cli.algebra.vocabulary import OPERATOR, PRIMITIVES
from micrograd_cli.symbolic.graph import Graph
from micrograd_cli.tape.instructions import Tape

PACKAGE = ROOT / "micrograd_cli"
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in PACKAGE.rglob("*.py")
}


def imported(path):
    """The modules of the package that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in FILES)
        elif isinstance(node, ast.ImportFrom) and node.module in FILES:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from names & FILES.keys() or {node.module}


IMPORTS = {name: set(imported(path)) - {name} for name, path in FILES.items()}


def below(name):
    """All modules that one needs, directly or not."""
    found, stack = set(), [name]
    while stack:
        for other in IMPORTS[stack.pop()] - found:
            found.add(other)
            stack.append(other)
    return found


def test_there_are_no_circles():
    assert [name for name in FILES if name in below(name)] == []


def test_the_scan_sees_imports_everywhere():
    assert "micrograd_cli.engine" in IMPORTS["micrograd_cli.tape.tracing"]
    assert sum(map(len, IMPORTS.values())) > 200


@pytest.mark.parametrize("algebra", [FLOAT, IEEE, BRANCHES, Tape().algebra, Graph()])
def test_every_algebra_covers_the_vocabulary(algebra):
    wanted = [each.name for each in PRIMITIVES.values() if each.kind != OPERATOR]
    assert [name for name in [*wanted, "pi", "nothing"] if not hasattr(algebra, name)] == []


def test_rules_need_no_more_than_the_vocabulary():
    asked = set()
    for node in ast.walk(ast.parse((PACKAGE / "ops.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            asked |= {node.attr} if node.value.id == "m" else set()
    assert asked <= {*PRIMITIVES, "pi", "nothing"}
    assert len(asked) > 40


def test_the_package_shows_its_public_names_alone():
    for name in micrograd_cli.__all__:
        assert getattr(micrograd_cli, name) is not None
    importlib.import_module("micrograd_cli.commands.eval_")
    assert dir(micrograd_cli) == sorted(micrograd_cli.__all__)


def test_the_version_stands_in_one_place(mgrad):
    assert mgrad("--version").stdout == f"mgrad {micrograd_cli.__version__}\n"
    assert micrograd_cli.__version__ not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_a_type_checker_sees_the_methods_of_values(tmp_path):
    pytest.importorskip("mypy")
    script = tmp_path / "script.py"
    script.write_text(
        "from micrograd_cli import Value\n"
        "a = Value(2.0)\n"
        "b: Value = (a * 3 + 1).tanh() ** 2 - 1 / a\n"
        "b.backward()\n"
        "c: int = a + b\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), str(script)],
        capture_output=True, text=True, env={"MYPYPATH": str(ROOT), "PATH": ""}, cwd=tmp_path,
    )  # fmt: skip
    assert next(line for line in done.stdout.splitlines() if "error" in line).endswith(
        'has type "Value", variable has type "int")  [assignment]'
    )
    assert "Found 1 error" in done.stdout


def test_names_of_inputs_may_be_names_of_parameters():
    assert micrograd_cli.gradients("program*2", program=3.0) == (6.0, {"program": 2.0})
    assert micrograd_cli.compile("columns*2")(columns=[1.0])["value"] == [2.0]
