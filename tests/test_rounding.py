"""Numbers that people read: rounded to fit a terminal or as asked, never broken over lines."""

import csv
import io
import json
import math
import pickle
import re
import sys
from decimal import Decimal, localcontext

import pytest
from rich.console import Console
from test_process import on_a_terminal

import micrograd_cli
from micrograd_cli.numbers import shortened, written_shorter
from micrograd_cli.rows.rounding import Rounded
from micrograd_cli.terminal.grid import Grid, Heading, numeric

NUMBERS = [math.pi, -1 / 3, 2.0, 1e300 / 3, 1e-300 / 7, -0.0, 123456789.125, math.inf, math.nan]


def printed(grid, width, digits=None):
    file = io.StringIO()
    grid.print(Console(file=file, width=width, markup=False, highlight=False), digits)
    return file.getvalue()


def cells(text):
    """What the lines below a table's head hold, between its borders."""
    lines = [line.split("│")[1:-1] for line in text.splitlines() if "│" in line]
    return [[cell.strip() for cell in line] for line in lines]


def significant(x, digits):
    """x to that many digits, by decimal arithmetic (half even on the exact value)."""
    with localcontext() as context:
        context.prec = digits
        return float(+Decimal(x))


@pytest.mark.parametrize("digits", range(1, 18))
def test_a_number_is_rounded_as_decimal_arithmetic_does(digits):
    for x in NUMBERS[:-2]:
        assert float(shortened(x, digits)) == significant(x, digits)
    assert [shortened(x, digits) for x in (2.0, None, -math.inf)] == ["2.0", "", "-inf"]


def test_results_that_are_rounded_go_to_other_processes():
    function = Rounded(micrograd_cli.compile("a/3"), 3)
    again = pickle.loads(pickle.dumps(function))
    assert again.arguments == function.arguments
    assert again.arguments[-1] == 3
    assert again.row(2.0)[0] == function.row(2.0)[0] == 0.667


def test_what_a_file_says_is_left_alone_if_it_is_short():
    assert [written_shorter(text, 4) for text in ("007", "1e-3", "2,71828", "a1234", "0.500000")]\
        == ["007", "1e-3", "2,71828", "a1234", "0.5"]  # fmt: skip
    assert written_shorter("3.14159265", 4) == "3.142"


@pytest.mark.parametrize("width", [30, 40, 60, 80, 132])
@pytest.mark.parametrize("columns", [1, 2, 5, 12])
def test_no_number_is_broken_however_narrow_the_terminal(width, columns):
    grid = Grid(["node", *numeric(*[f"d_long_name_{i}" for i in range(columns)])])
    rows = [[x * (1 + i / 7) for i in range(columns)] for x in NUMBERS]
    for i, row in enumerate(rows):
        grid.add(f"a_name_that_is_long_{i}*b", *row)
    text = printed(grid, width)
    assert max(map(len, text.splitlines())) <= width
    read = [[float(x) for x in line[1:]] for line in cells(text) if number_line(line)]
    parts = [read[i : i + len(rows)] for i in range(0, len(read), len(rows))]
    found = [[x for part in parts for x in part[i]] for i in range(len(rows))]
    for row, got in zip(rows, found, strict=True):
        assert got == pytest.approx(row, rel=6e-3, nan_ok=True)
    note = re.search(r"rounded to (\d+) digits", " ".join(text.split("\n")[-3:]))
    pairs = [pair for one in zip(found, rows, strict=True) for pair in zip(*one, strict=True)]
    lost = any(a != b for a, b in pairs if a == a)
    assert bool(note) == lost


def number_line(line):
    try:
        return len([float(x) for x in line[1:]]) > 0
    except ValueError:
        return False


def test_names_fold_before_numbers_lose_digits():
    grid = Grid(["node", *numeric("data")])
    grid.add("a" * 60, math.pi)
    text = printed(grid, 50)
    assert "3.141592653589793" in text
    assert "rounded" not in text
    assert "".join(line[0] for line in cells(text)) == "a" * 60


def test_a_pipe_gets_every_digit_on_one_line():
    grid = Grid(["node", *numeric("data"), Heading("bar", folds=False)])
    grid.add("a" * 300, math.pi, "###")
    assert len({*map(len, printed(grid, 1_000_000).splitlines())}) == 1
    assert "3.141592653589793" in printed(grid, 1_000_000)


POINT = ["--a", "2.123456789", "--b", "-0.3"]


@pytest.mark.parametrize("command", ["eval", "jacobian", "hessian", "check"])
def test_digits_of_every_table(mgrad, command):
    args = [command, "tanh(a*b)", *POINT]
    table = mgrad(*args, "--digits", "3").stdout
    exact = json.loads(mgrad(*args, "--format", "json").stdout)
    numbers = re.findall(r"-?\d\.\d+(?:e-?\d+)?", table)
    assert numbers
    assert all(len(number.lstrip("-0.").replace(".", "")) <= 3 for number in numbers)
    if command == "eval":
        assert f"{exact['grad']['a']:.3g}" in numbers
    plain = mgrad(*args, "--digits", "3", "--format", "plain").stdout
    assert max(map(len, re.findall(r"-?0\.\d+", plain))) <= len("-0.0123")
    refused = mgrad(*args, "--digits", "3", "--format", "json")
    assert refused.returncode == 2
    assert "rounds what people read" in refused.stderr


def test_digits_of_bare_numbers(mgrad):
    out = mgrad("eval", "a/3", "--a", "2", "--print", "value,grad.a", "--digits", "4").stdout
    assert out == "0.6667\n0.3333\n"


@pytest.mark.parametrize("engine", ["rows", "columns"])
def test_the_digits_of_a_map_are_those_of_its_results(mgrad, tmp_path, engine):
    if engine == "columns":
        pytest.importorskip("polars")
    xs = ["0.1234567", "2", "1e-9", str(sys.float_info.max)]
    (tmp_path / "t.csv").write_text("x\n" + "".join(f"{x}\n" for x in xs))
    args = ["map", "x/7", str(tmp_path / "t.csv"), "--digits", "4", "--engine", engine]
    rows = list(csv.reader(io.StringIO(mgrad(*args).stdout)))
    assert rows[0] == ["x", "value", "d_x"]
    assert [row[0] for row in rows[1:]] == xs
    assert [float(row[1]) for row in rows[1:]] == [significant(float(x) / 7, 4) for x in xs]
    assert {row[2] for row in rows[1:]} == {"0.1429"}
    whole = mgrad("map", "x", str(tmp_path / "t.csv"), "--digits", "2", "--engine", engine)
    assert "inf" not in whole.stdout + whole.stderr


def test_the_first_rows_of_a_wide_table_fit_eighty_columns(environment, tmp_path):
    names = ["id", "alpha", "beta", "gamma", "delta"]
    row = ["x7", *(repr(math.pi / i) for i in range(1, 5))]
    (tmp_path / "t.csv").write_text(f"{','.join(names)}\n{','.join(row)}\n")
    args = ["map", "alpha*beta+gamma/delta", str(tmp_path / "t.csv"), "--head", "1"]
    lines = on_a_terminal(environment, args, NO_COLOR="1").splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[-1].startswith("rounded to ")
    assert "│ x7 │" in " ".join(lines)
