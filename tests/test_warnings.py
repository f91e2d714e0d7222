"""Warnings with provenance, and `eval --rank`."""

import json
import math
import random
import re
import time
from fractions import Fraction

import jsonschema
import pytest
from conftest import EXAMPLES, ROOT
from test_process import on_a_terminal

from micrograd_cli import bind, parse, reports
from micrograd_cli.analysis.ranking import rank_inputs
from micrograd_cli.analysis.warnings import LISTED, one_sided
from micrograd_cli.ops import OPS

SCHEMA = json.loads((ROOT / "micrograd_cli" / "schema" / "eval.json").read_text())


def report(text, **numbers):
    program = parse(text)
    return next(reports(bind(program, numbers)))


def warnings(text, **numbers):
    return report(text, **numbers).warnings


def kinds(text, **numbers):
    return [warning.kind for warning in warnings(text, **numbers)]


def places(text, **numbers):
    return [(w.kind, text[slice(*w.span)]) for w in warnings(text, **numbers)]


# --- provenance -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers", "expected"),
    [
        ("exp(a)*b - 1", {"a": 800, "b": 2}, [("value", "exp(a)"), ("gradient", "exp(a)*b")]),
        ("b*log(a*0) + a", {"a": 1, "b": 0}, [("value", "log(a*0)"), ("gradient", "b*log(a*0)")]),
        ("sqrt(a + b)", {"a": 1, "b": -1}, [("gradient", "sqrt(a + b)"), ("kink", "sqrt(a + b)")]),
        ("1 - cos(a)", {"a": 1e-5}, [("cancellation", "1 - cos(a)")]),
        ("2*abs(a)", {"a": 0}, [("kink", "abs(a)")]),
        ("a*b", {"a": math.inf, "b": 1}, [("value", "a*b"), ("gradient", "a*b")]),
    ],
)
def test_each_is_underlined_where_it_began(text, numbers, expected):
    got = places(text, **numbers)
    if numbers.get("a") == math.inf:
        got = [(kind, "a*b") for kind, _ in got]
    assert got == expected


def test_a_gradient_that_overflows_in_a_sum_is_told():
    text = "1e200*a*1e108 + 1e200*a*1e108"
    (warning,) = warnings(text, a=1e-300)
    assert (warning.kind, warning.node) == ("gradient", 0)
    assert "gradient of a became inf" in warning.message


def test_without_trouble_there_is_nothing_to_tell():
    for path in EXAMPLES.glob("*.mg"):
        if path.stem not in ("kinks", "newton"):
            program = parse(path.read_text(encoding="utf-8"))
            assert all(not report.warnings for report in reports(program)), path.stem


@pytest.mark.parametrize(
    ("name", "x", "index", "expected"),
    [
        ("abs", [0.0], 0, (-1, 1)),
        ("relu", [0.0], 0, (0, 1)),
        ("leaky_relu", [0.0], 0, (0.01, 1)),
        ("clamp", [1.0, 0.0, 1.0], 0, (1, 0)),
        ("max", [2.0, 2.0], 1, (0, 1)),
        ("min", [2.0, 2.0], 1, (1, 0)),
        ("hypot", [0.0, 0.0], 0, (-1, 1)),
        ("floor", [2.0], 0, None),  # it jumps
        ("sign", [0.0], 0, None),
        ("%", [6.0, 3.0], 1, None),
        ("sqrt", [0.0], 0, None),  # no number on the left
        ("cbrt", [0.0], 0, None),  # the same on both sides
        ("^", [0.0, 0.0], 1, None),
    ],
)
def test_one_sided_derivatives(name, x, index, expected):
    assert one_sided(OPS[name], x, index) == expected


# --- cancellation ---------------------------------------------------------------------------------


def test_cancellation_is_told_when_more_than_half_of_the_digits_are_lost():
    rng, told = random.Random(9), 0
    for _ in range(300):
        a = rng.uniform(1, 2)
        b = a * a * (1 - 10 ** -rng.uniform(5, 11))
        if min(len(repr(a)), len(repr(b))) < 18:  # short ones are meant as decimals
            continue
        exact = Fraction(a) ** 2 - Fraction(b)
        wrong = abs((Fraction(a * a - b) - exact) / exact)
        found = kinds("a*a - b", a=a, b=b)
        assert found == ["cancellation"] * (wrong > 1e-8)
        told += len(found)
    assert 50 < told < 250


@pytest.mark.parametrize(
    ("text", "numbers", "lost"),
    [
        ("a*b + c", {"a": 2, "b": -3, "c": 6}, False),  # integers
        ("a*b + c", {"a": 0.5, "b": -3, "c": 1.5}, False),  # short binary fractions
        ("a - b", {"a": 0.1, "b": 0.1}, False),  # equal as they were given
        ("a*1 - max(a*1, b)", {"a": 0.1, "b": 0.05}, False),  # computed twice, to the same
        ("n = a*1; n - max(n, b)", {"a": 0.1, "b": 0.05}, False),  # the same node
        ("exp(a) - 1", {"a": 0}, False),
        ("tanh(a) - 1", {"a": 20}, True),  # 1 after rounding
        ("(1 + a) - 1", {"a": 1e-20}, True),
        ("a*3 - 0.3", {"a": 0.1}, True),
        ("a - b", {"a": 1e308, "b": -1e308}, False),  # overflow, not cancellation
        ("a + b", {"a": 0, "b": 0}, False),
        ("mean(a, b, c)", {"a": 0.1, "b": 1e20, "c": -1e20}, True),
    ],
)
def test_cancellation_is_told_where_digits_are_lost(text, numbers, lost):
    assert ("cancellation" in kinds(text, **numbers)) == lost


# --- many of them ---------------------------------------------------------------------------------


def test_many_kinks_are_counted_and_quick():
    count = 30_000
    start = time.perf_counter()
    found = report("+".join(["relu(a)"] * count), a=0)
    assert len(found.warnings) == LISTED
    assert found.unlisted == count - LISTED
    assert time.perf_counter() - start < 10


def test_records_with_warnings_and_ranks_fit_the_schema(mgrad):
    text = "+".join(["relu(a)"] * 150) + "+ (1 - cos(b)) + sqrt(c)"
    done = mgrad("eval", text, "--a", "0", "--b", "1e-6", "--c", "0", "--format", "json",
                 "--rank", "elasticity")  # fmt: skip
    record = json.loads(done.stdout)
    jsonschema.validate(record, SCHEMA)
    assert {w["kind"] for w in record["warnings"]} == {"cancellation", "gradient", "kink"}
    assert record["more_warnings"] == 153 - LISTED
    assert "143 more" in done.stderr


# --- rank -----------------------------------------------------------------------------------------


def test_ranking_orders_and_measures():
    found = report("c - a^2*b", a=3, b=-2, c=7)
    assert list(rank_inputs(found, "grad").grad) == ["a", "b", "c"]
    by_elasticity = rank_inputs(found, "elasticity")
    assert by_elasticity.elasticity == {"a": 36 / 25, "b": 18 / 25, "c": 7 / 25}
    assert list(by_elasticity.elasticity) == ["a", "b", "c"]
    assert by_elasticity.grad == found.grad
    assert [row.id for row in by_elasticity.nodes][:4] == [1, 2, 0, 3]
    assert sorted(by_elasticity.nodes) == sorted(found.nodes)


@pytest.mark.parametrize("env", [{}, {"LC_ALL": "C"}])
def test_bars_are_as_long_as_the_gradients(environment, env):
    args = ["eval", "--rank", "4*a - 2*b + c + 0*d", *"--a 1 --b 1 --c 1 --d 1".split()]
    text = on_a_terminal(environment, [*args, "--color", "never"], 80, **env)
    assert text.isascii() == bool(env)
    lengths = [sum(line.count(mark) for mark in "█#") for line in text.splitlines()]
    assert [length for length in lengths if length] == [40, 20, 10]
    assert max(map(len, text.splitlines())) <= 80
    red, blue = "\x1b[91m", "\x1b[94m"
    coloured = on_a_terminal(environment, args, 80, **env)
    assert (coloured.count(red), coloured.count(blue)) == (2, 2)


@pytest.mark.parametrize("columns", [30, 60])
def test_bars_leave_the_digits_their_room(environment, columns):
    args = ["eval", "a/7 + b/11", "--rank", "elasticity", "--a", "0.1234567890123", "--b", "3"]
    text = on_a_terminal(environment, [*args, "--color", "never"], columns)
    assert max(map(len, text.splitlines())) <= columns
    (digits,) = re.findall(r"│ +(0\.0909\d*) │", text)  # whole in one cell, perhaps rounded
    assert float(digits) == pytest.approx(1 / 11, abs=10.0 ** (2 - len(digits)))
    assert digits == repr(1 / 11) or "rounded to" in text
    assert ("█" in text) == (columns > 30)


def test_no_bar_in_a_pipe(mgrad):
    text = mgrad("eval", "a*b", "--a", "1", "--b", "2", "--rank", "--color", "always").stdout
    assert "█" not in text
