"""What is refused, and the words why: the rarer mistakes, beside the golden cases of the usual ones."""

import sys

import pytest

FILES = {
    "t.csv": "x,y\n1,2\n2,4\n3,6.5\n",
    "zero.csv": "x,y\n1,2\n0,3\n2,2\n",
    "empty.json": "",
    "two.json": '{"x": 1}{"x": 2}',
    "column.json": '{"v": [[1], [2]]}',
    "list.json": '{"x": [1, 2]}',
    "torn.json": "[1, 2",
    "words.txt": "1 2\na b\n",
    "names.csv": "a,b\n1,x\n0,1\n",
    "cov.csv": "a,b\n0.01,0\n0,1\n",
    "asymmetric.json": '{"names": ["a", "b"], "matrix": [[1, 2], [3, 1]]}',
    "df.json": '{"a": {"value": 1, "df": 3}}',
    "df0.json": '{"a": {"value": 1, "u": 1, "df": 0}}',
    "inf.json": '{"a": 1e999}',
    "inf_u.json": '{"a": {"value": 1, "u": 1e999}}',
    "big.json": f'{{"a": 1{"0" * 400}}}',
    "fit.json": '{"params": {"a": 1}, "stderr": 3}',
    "nodes.json": '{"value": 1, "nodes": [1, {"op": "input"}, {"op": "input", "name": "x", "data": "q"}]}',
    "lines.txt": "a = x*2; a\n",
    "poles.txt": "1/x\n2*x\n",
}

V = "'input v[2]; sum(v)' --v"
SIZED = "'size n = 2; input v[n]; sum(v)' --v [1,2] --n"
REFUSED = [
    # --- the command line
    ("completion", 2, "missing argument SHELL\n  one of bash, zsh, fish"),
    ("eval x --format", 2, "option --format needs a value"),
    ("help --frob", 2, "unknown option --frob"),
    ("functions frob", 2, "there is no operation 'frob'"),
    ("eval -fmissing.mg", 5, "cannot read 'missing.mg': No such file"),
    # --- numbers and arrays
    ("eval 'input x; x*y' --params list.json --y 2", 2, "it is an array if it is declared: input x[2]"),
    ("eval x --x 0x1p99999", 2, "invalid number for --x: hexadecimal value too large"),
    (f"eval {V} ' '", 2, "the value of --v is empty"),
    (f"eval {V} [1,2,,]", 2, "missing argument before ','"),
    (f"eval {V} @torn.json", 5, "cannot read 'torn.json': Expecting ',' delimiter"),
    (f"eval {V} @words.txt", 5, "line 2 of 'words.txt' is not numbers alone: 'a b'"),
    (f"eval {SIZED} 1.5", 2, "--n: a size is a whole number of at least 1, got 1.5"),
    ("eval 'x + y' --x 0:1:1e-5 --y 0:1:0.1", 2, "there are more than 1,000,000 points"),
    ("eval --each -f lines.txt --a 3", 2, "'a' is computed by the program and cannot be bound"),
    ("eval --each -f poles.txt --x 0 --strict --print value", 4, "a result is inf or nan"),
    ("graph x -o ''", 2, "cannot tell the format from ''"),
    ("map x t.csv -o ''", 2, "the name of the output is empty"),
    ("eval x --params nodes.json", 5, "'nodes.json': the value of 'x' is not a number"),
    # --- check
    (f"check {V} [1,2] --expect 'v[0]=1' --expect v=[1,1]", 2, "--expect v is given twice"),
    (f"check {V} [1,2] --expect-file column.json", 2, "'v' has shape (2,)"),
    ("check x^2 --x 1 --expect-file empty.json", 5, "'empty.json' is empty"),
    ("check x^2 --x 1 --expect-file two.json", 2, "has 2 outputs, the program has 1"),
    ("check 'x; x^2' --command 'echo {x}' --x 1", 2, "the expression has 2 outputs, the command"),
    # --- fit and minimize
    ("fit a*x t.csv --target y --start a=1,a=2", 2, "--start gives 'a' twice"),
    ("fit a*x t.csv --target y --a 1 --sigma 1 --sigma 2", 2,
     "there is 1 target, and --sigma is given 2 times"),
    ("fit a*x t.csv --target 'y; x' --a 1", 2, "--target takes one expression, not 2"),
    ("fit 'input v[2]; v[0]*x + v[1]' t.csv --target y", 2, "the array 'v' has no start"),
    ("fit a/x zero.csv --target y --a 1", 2, "the model is not finite at the start a = 1 in row 2"),
    ("fit a*x*1e300 t.csv --target y --sigma 1e-20 --a 1", 2, "the sum of squares is not finite"),
    ("fit a*x*1e200 t.csv --target y --a 1", 2, "the sum of squares is not finite at the start"),
    ("minimize 'a*1e200 - 3e200' --a 1 --find-root", 2,
     "the expression is of the size 2e+200 at the start a = 1: its square is no float"),
    ("minimize 'log(abs(a))' --a 1e-320", 2, "gradient of abs(a) became inf"),
    # --- uncertainty
    ("uncertainty a*b --a 1+-0.1 --b 2 --cov cov.csv", 2, "the uncertainty of 'a' is given twice"),
    ("uncertainty a*b --a 1 --b 2 --cov asymmetric.json", 5, "is not symmetric: b, a"),
    ("uncertainty a*b --a 1 --b 2 --cov names.csv", 5, "could not convert string to float: 'x'"),
    ("uncertainty a --params df.json", 5, "the value of 'a' has df, but no u"),
    ("uncertainty a --params df0.json", 2, "the degrees of freedom of 'a' are not positive"),
    ("uncertainty a --params inf.json", 2, "the value of 'a' is inf\n  a measured value is finite"),
    ("uncertainty a --params inf_u.json", 2, "the uncertainty of 'a' is inf"),
    ("uncertainty a --params big.json", 5, "the value of 'a' is too large for a float"),
    ("uncertainty a --params fit.json", 5, "stderr is not an object of numbers"),
    ("uncertainty a+b --a 1+-1 --b 2+-1 --df a=3,a=4", 2, "--df gives 'a' twice"),
    ("uncertainty a+b --a 1+-1 --b 2+-1 --corr a,a=1", 2, "'a' is always correlated with itself"),
    # --- plot
    ("plot x*y*z --x 0:1 --y 0:1 --z 1,2", 2, "a map takes no list of numbers"),
    ("plot 'x*y; x - y' --x 0:1 --y 0:1", 2, "a map shows one output, and the program has 2"),
    ("plot 'log(-1 - x*y)' --x 0:1 --y 0:1", 5, "is nowhere finite in this range"),
    ("plot x --x 1:2 --log z", 2, "--log takes x, y or x,y, not 'z'"),
    ("plot x --x 1:2 --y 3:3", 2, "--y takes a range: --y 0:1"),
    ("plot '-1/x^2' --x -1:1 --log y", 5, "-1/x^2 is nowhere finite in this range"),
    ("plot x --x 1:2 --log y --y 0:1", 2, "--log y needs --y above 0"),
]  # fmt: skip


@pytest.fixture
def refused(tmp_path, inside):
    """Run a command line beside FILES: its status, and what it says of the error."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)

    def call(line):
        status, out, err = inside(line)
        assert out == "" or status == 4, line
        return status, err

    return call


def test_what_is_wrong_is_said(refused):
    for line, status, words in REFUSED:
        found, said = refused(line)
        assert found == status, (line, said)
        assert said.startswith("error: "), line
        assert words in said, (line, said)


def test_a_command_is_missing(refused):
    status, said = refused("")
    assert (status, said.splitlines()[0]) == (2, "Usage: mgrad [OPTIONS] COMMAND [ARGS]...")


MISSING = [
    ("numpy", "fit a*x t.csv --target y --a 1", "mgrad fit needs NumPy"),
    ("numpy", "minimize x^2", "mgrad minimize needs NumPy"),
    ("micrograd_cli.estimation.monte_carlo", "uncertainty a --a 1+-1 --mc 99", "--mc needs NumPy"),
    ("polars", "map x t.csv --reduce mean", "--reduce needs NumPy and Polars"),
    ("zstandard", "map x t.csv -o out.csv.zst", ".zst files need the library zstandard"),
]


@pytest.mark.parametrize(("module", "line", "words"), MISSING)
def test_an_extra_is_missing(refused, monkeypatch, module, line, words):
    monkeypatch.setitem(sys.modules, module, None)
    status, said = refused(line)
    assert (status, said.splitlines()[1]) == (2, "  pip install 'mgrad[batch]'")
    assert words in said


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("eval", "no expression"),
        ("map x -", "no table\n  name a FILE, or pipe one in"),
        ("plot x --x 0:1 --format pdf", "a PDF cannot be shown on a terminal\n  give -o FILE"),
    ],
)
def test_a_terminal_is_no_file(refused, monkeypatch, line, words):
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    status, said = refused(line)
    assert status == 2
    assert words in said
