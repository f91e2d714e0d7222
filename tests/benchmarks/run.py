"""mgrad side by side with others: `python tests/benchmarks/run.py [WORD ...] [--out FILE]`.

With words, only the rows whose names hold one; `--readme` puts the table into the manual.
Each row runs mgrad and its peer in alternation and prints the ratio of the medians with its spread,
beside what it should reach. A row is printed, and written to FILE, as soon as it is measured. A peer
that is not installed is named as missing, one that fails with what it says; `pip install -e .
--group bench` installs them. Run it on an idle machine.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
PYTHON = sys.executable
MGRAD = [PYTHON, "-m", "micrograd_cli"]
LINE = ["eval", "tanh(a*b+c)", "--a", "2", "--b", "-3", "--c", "10"]
IMPORTS = [PYTHON, "-c", "import click, lark, rich.console, rich.table"]


class Row(NamedTuple):
    """A comparison. Commands are timed as whole processes, unless `inner` says they print seconds."""

    name: str
    ours: list[str]
    peer: list[str]
    reach: float  # of ours/peer: at most
    needs: str = ""  # the peer's module
    inner: bool = False
    pairs: int = 11


def workload(name, module, *sizes):
    return [PYTHON, str(HERE / "workloads.py"), name, module, *map(str, sizes)]


ONE_LINER = {
    "torch": "import torch\na, b, c = (torch.tensor(x, dtype=torch.float64, requires_grad=True)"
             " for x in (2., -3., 10.))\ntorch.tanh(a*b+c).backward()\nprint(a.grad, b.grad, c.grad)",
    "jax": "import jax\nprint(jax.grad(lambda a, b, c: jax.numpy.tanh(a*b+c), (0, 1, 2))(2., -3., 10.))",
    "sympy": "from sympy import *\na, b, c = symbols('a b c')\ny = tanh(a*b+c)\n"
             "print([y.diff(x).subs({a: 2, b: -3, c: 10}).evalf() for x in (a, b, c)])",
    "autograd": "import autograd.numpy as np\nfrom autograd import grad\n"
                "print([grad(lambda a, b, c: np.tanh(a*b+c), i)(2., -3., 10.) for i in range(3)])",
    "casadi": "from casadi import *\nx = SX.sym('x', 3)\ny = tanh(x[0]*x[1]+x[2])\n"
              "print(Function('f', [x], [gradient(y, x)])([2, -3, 10]))",
}  # fmt: skip


def rows(folder):
    big, lines = folder / "big.mg", folder / "lines"
    from workloads import program

    big.write_text(program())
    for count in (10_000, 100_000):
        (folder / f"lines{count}").write_text("".join(f"a*{i} + b\n" for i in range(count)))
    each = [*MGRAD, "eval", "--each", "--a", "2", "--b", "1", "--print", "value", "-f"]
    run_big = [*MGRAD, "eval", "-f", str(big), "--a", "0.1", "--b", "0.2", "--format", "plain"]
    engine = "micrograd_cli.engine"
    return [
        Row("eval to JSON : imports of click, lark, rich", [*MGRAD, *LINE, "--format", "json"],
            IMPORTS, 0.75),
        Row("eval to the table : the same imports", [*MGRAD, *LINE], IMPORTS, 1.0),
        Row("--version : the same imports", [*MGRAD, "--version"], IMPORTS, 0.6),
        Row("completion of an option : the same imports",
            ["env", "_MGRAD_COMPLETE=bash_complete", "COMP_WORDS=mgrad eval 'a*beta' --be",
             "COMP_CWORD=3", *MGRAD], IMPORTS, 0.6),
        *(Row(f"one-liner : {peer}", [*MGRAD, *LINE], [PYTHON, "-c", code], 1.0, peer, pairs=5)
          for peer, code in ONE_LINER.items()),
        *(Row(f"forward + backward, {n:,} nodes : micrograd", workload("engine", engine, n),
              workload("engine", "micrograd.engine", n), reach, "micrograd", True)
          for n, reach in ((100_000, 1 / 10), (100, 1 / 1.5))),
        *(Row(f"1,000,000 nodes in {what} : 100 times 10,000", workload(name, engine, 1_000_000),
              [PYTHON, str(HERE / "workloads.py"), "hundred_of", name, "10000"], 1.5, inner=True,
              pairs=3)
          for name, what in (("engine", "the library"), ("engine_of_command", "the command"))),
        Row("bytes per node : 200", workload("memory", engine), [PYTHON, "-c", "print(200)"], 1.0,
            inner=True, pairs=1),
        Row("bytes per node : micrograd", workload("memory", engine),
            workload("memory", "micrograd.engine"), 0.5, "micrograd", True, 1),
        *(Row(f"parsing 1 MB to a graph, the collector {how} : ast.parse", workload(name, "mgrad"),
              workload(name, "ast"), 4.0, inner=True, pairs=3)
          for name, how in (("parse", "on"), ("parse_of_command", "off"))),
        Row("a program of 1 MB : Python and micrograd", run_big,
            workload("python_program", "micrograd.engine"), 1.0, "micrograd", pairs=3),
        Row("--each, 100,000 lines : 10,000", [*each, f"{lines}100000"], [*each, f"{lines}10000"],
            12.0, pairs=3),
        Row("--each, 100,000 lines : 8,000 a second", [*each, f"{lines}100000"], ["sleep", "12.5"], 1.0,
            pairs=1),
    ]  # fmt: skip


def map_rows_wanted(folder, wanted):
    """The rows of `mgrad map`, whose tables take a while to write, if any is wanted."""
    import map_rows

    if wanted and not any(word in "map kernel peak memory gradient columns" for word in wanted):
        return []
    return map_rows.rows(folder, Row)


def measure(command, inner, environment):
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if done.returncode:
        raise RuntimeError(f"{command} failed:\n{done.stderr}")
    return float(done.stdout) if inner else seconds


def installed(module, environment):
    code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec('{module}') is None)"
    return subprocess.run([PYTHON, "-c", code], env=environment).returncode == 0


def compare(row, environment):
    """The figures of a row: medians, the ratio of each pair, and the ratio of the medians."""
    if row.needs and not installed(row.needs, environment):
        return {"missing": f"{row.needs} is missing"}
    try:
        return figures_of(row, environment)
    except (RuntimeError, OSError, ValueError) as error:  # the other rows are measured all the same
        return {"missing": f"failed: {str(error).splitlines()[-1]}"}


def figures_of(row, environment):
    ours, peer = [], []
    for _ in range(row.pairs + (row.pairs > 1)):  # the first pair warms up
        ours.append(measure(row.ours, row.inner, environment))
        peer.append(measure(row.peer, row.inner, environment))
    if row.pairs > 1:
        del ours[0], peer[0]
    ratios = [a / b for a, b in zip(ours, peer, strict=True)]
    return {
        "ours": statistics.median(ours),
        "peer": statistics.median(peer),
        "ratio": statistics.median(ratios),
        "least": min(ratios),
        "greatest": max(ratios),
        "reach": row.reach,
        "reached": statistics.median(ratios) <= row.reach,
    }


def readme(figures):
    """Write the table into the manual, between its two marks."""
    lines = ["| ours : peer | ratio | spread | reach |", "|---|---|---|---|"]
    for name, found in figures.items():
        if "missing" in found:
            lines.append(f"| {name} | {found['missing']} | | |")
            continue
        ratio, least, greatest, reach = (
            f"{found[key]:.2g}" for key in ("ratio", "least", "greatest", "reach")
        )
        mark = "" if found["reached"] else ", missed"
        lines.append(f"| {name} | {ratio} | {least} to {greatest} | {reach}{mark} |")
    path = HERE.parent.parent / "micrograd_cli" / "manual" / "speed.md"
    text = path.read_text(encoding="utf-8")
    start, end = "<!-- benchmark -->\n", "<!-- end of benchmark -->"
    before, after = text.split(start)[0], text.split(end)[1]
    path.write_text(before + start + "\n".join(lines) + "\n" + end + after, encoding="utf-8")


def main(arguments):
    out = arguments[arguments.index("--out") + 1] if "--out" in arguments else None
    wanted = [word for word in arguments if not word.startswith("--") and word != out]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = str(HERE.parent.parent)
    subprocess.run([PYTHON, "-m", "compileall", "-q", str(HERE.parent.parent / "micrograd_cli")])
    table = Table("ours : peer", "ours", "peer", "ratio", "spread", "reach", "", title="mgrad")
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        for row in [*rows(Path(folder)), *map_rows_wanted(Path(folder), wanted)]:
            if wanted and not any(word in row.name for word in wanted):
                continue
            found = figures[row.name] = compare(row, environment)
            if out:
                Path(out).write_text(json.dumps(figures, indent=2) + "\n")
            if "missing" in found:
                print(f"{row.name}: {found['missing']}", flush=True)
                table.add_row(row.name, "", "", found["missing"])
                continue
            numbers = [f"{found[key]:.3g}" for key in ("ours", "peer", "ratio")]
            spread = f"{found['least']:.3g} to {found['greatest']:.3g}"
            verdict = "yes" if found["reached"] else "NO"
            print(f"{row.name}: {numbers[2]} ({spread})", flush=True)
            table.add_row(row.name, *numbers, spread, f"{row.reach:.3g}", verdict)
    Console(width=130).print(table)
    if "--readme" in arguments:
        readme(figures)


if __name__ == "__main__":
    main(sys.argv[1:])
