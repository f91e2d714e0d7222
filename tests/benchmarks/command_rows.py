"""Rows of commands and graphs: start-up, one-liners, the engine, parsing, `--each`, `--certain`."""

from row import MGRAD, PYTHON, Row, inside

LINE = ["eval", "tanh(a*b+c)", "--a", "2", "--b", "-3", "--c", "10"]
IMPORTS = [PYTHON, "-c", "import click, lark, rich.console, rich.table"]
CLICK = [PYTHON, "-c", "import click"]
ENGINE = "micrograd_cli.engine"
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
MPMATH = (
    "from mpmath import mp, diff, nstr, tanh\nmp.dps = 65\nf = lambda a, b, c: tanh(a*b+c)\n"
    "at = 2, -3, 10\nprint(nstr(f(*at), 50))\n"
    "for by in (1, 0, 0), (0, 1, 0), (0, 0, 1): print(nstr(diff(f, at, by), 50))"
)


def prepare(folder):
    from workloads import program

    (folder / "big.mg").write_text(program())
    for count in (10_000, 100_000):
        (folder / f"lines{count}").write_text("".join(f"a*{i} + b\n" for i in range(count)))


def rows(folder):
    each = [*MGRAD, "eval", "--each", "--a", "2", "--b", "1", "--print", "value", "-f"]
    few, many = ([*each, f"{folder}/lines{count}"] for count in (10_000, 100_000))
    big = [
        *MGRAD,
        "eval",
        "-f",
        f"{folder}/big.mg",
        "--a",
        "0.1",
        "--b",
        "0.2",
        "--format",
        "plain",
    ]
    completion = ["env", "_MGRAD_COMPLETE=bash_complete", "COMP_WORDS=mgrad eval 'a*beta' --be",
                  "COMP_CWORD=3", *MGRAD]  # fmt: skip

    def work(name, *arguments):
        return inside("workloads.py", name, *arguments)

    return [
        Row("eval to JSON : import of click alone", [*MGRAD, *LINE, "--format", "json"], CLICK, 1.25,
            pairs=11),
        Row("eval to the table : import of click alone", [*MGRAD, *LINE], CLICK, 1.9, pairs=11),
        Row("eval to JSON : imports of click, lark, rich", [*MGRAD, *LINE, "--format", "json"],
            IMPORTS, 0.75, pairs=11),
        Row("eval to the table : the same imports", [*MGRAD, *LINE], IMPORTS, 1.0, pairs=11),
        Row("--version : the same imports", [*MGRAD, "--version"], IMPORTS, 0.6),
        Row("completion of an option : the same imports", completion, IMPORTS, 0.6),
        *(Row(f"one-liner : {peer}", [*MGRAD, *LINE], [PYTHON, "-c", code], 1.0, peer)
          for peer, code in ONE_LINER.items()),
        Row("one-liner, 50 proven digits : mpmath", [*MGRAD, *LINE, "--certain", "50"],
            [PYTHON, "-c", MPMATH], 1.0, "mpmath"),
        *(Row(f"forward + backward, {n:,} nodes : micrograd", work("engine", ENGINE, n),
              work("engine", "micrograd.engine", n), reach, "micrograd", True)
          for n, reach in ((100_000, 1 / 10), (100, 1 / 1.5))),
        *(Row(f"1,000,000 nodes in {what} : 100 times 10,000", work(name, ENGINE, 1_000_000),
              work("hundred_of", name, 10_000), 1.5, inner=True, pairs=1)
          for name, what in (("engine", "the library"), ("engine_of_command", "the command"))),
        Row("bytes per node : 200", work("memory", ENGINE), [PYTHON, "-c", "print(200)"], 1.0,
            inner=True, pairs=1, unit="B"),
        Row("bytes per node : micrograd", work("memory", ENGINE), work("memory", "micrograd.engine"),
            0.5, "micrograd", True, 1, "B"),
        *(Row(f"parsing 1 MB to a graph, the collector {how} : ast.parse", work(name, "mgrad"),
              work(name, "ast"), 4.0, inner=True, pairs=1)
          for name, how in (("parse", "on"), ("parse_of_command", "off"))),
        Row("a program of 1 MB : Python and micrograd", big,
            work("python_program", "micrograd.engine"), 1.0, "micrograd", pairs=1),
        Row("--each, 100,000 lines : 10,000", many, few, 12.0, pairs=1),
        Row("--each, 100,000 lines : 8,000 a second", many, ["sleep", "12.5"], 1.0, pairs=1),
    ]  # fmt: skip
