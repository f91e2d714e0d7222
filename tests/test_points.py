"""Inputs that are given several numbers: lists and steps of `eval` and `check`."""

import csv
import io
import json
from decimal import Decimal

import pytest

from micrograd_cli import gradients
from micrograd_cli.analysis.sampling import Points, Range
from micrograd_cli.commands.values import number_or_points
from micrograd_cli.errors import UsageError


@pytest.mark.parametrize(("low", "high", "step"), [("-5", "5", "0.5"), ("0", "1", ".1"), ("1", "0", "-0.3"),
                                           ("0", "1e-3", "1e-4"), ("2", "2", "1")])  # fmt: skip
def test_steps_are_decimals(low, high, step):
    wanted, x = [], Decimal(low)
    while (x <= Decimal(high)) if Decimal(step) > 0 else (x >= Decimal(high)):
        wanted.append(float(x))
        x += Decimal(step)
    assert list(number_or_points(f"{low}:{high}:{step}", "--x")) == wanted


@pytest.mark.parametrize("text", ["0:1", "1:0:0.1", "0:1:0", "0:inf:1", "0:1:1e-9", "1:2:3:4"])
def test_steps_that_lead_nowhere_are_errors_that_show_them(text):
    with pytest.raises(UsageError) as caught:
        number_or_points(text, "--x")
    assert caught.value.span == (0, len(text))


def test_each_row_of_the_table_is_an_evaluation(mgrad):
    args = ["eval", "x^2*sin(y*k)", "--x", "0.5,1,2", "--y", "0:1:0.25", "--k", "3"]
    rows = list(csv.DictReader(io.StringIO(mgrad(*args, "--format", "csv").stdout)))
    assert [(float(row["x"]), float(row["y"])) for row in rows] == [
        (x, y) for x in (0.5, 1.0, 2.0) for y in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    for row in rows:
        value, grad = gradients("x^2*sin(y*k)", x=float(row["x"]), y=float(row["y"]), k=3.0)
        assert float(row["value"]) == pytest.approx(value, rel=1e-14)
        for name in "xyk":
            assert float(row[f"d_{name}"]) == pytest.approx(grad[name], rel=1e-14)
    records = json.loads(mgrad(*args, "--format", "json").stdout)
    assert [{name: repr(x) for name, x in record.items()} for record in records] == rows


def test_a_check_of_lists_takes_every_combination_and_draws_from_ranges():
    points = Points({"a": (1.0, 2.0), "b": Range(0.0, 1.0), "c": (5.0, 6.0), "d": 7.0}, 3, 0)
    drawn = list(points.draw())
    assert len(drawn) == points.number == 12
    assert [(p["a"], p["c"]) for p in drawn[::3]] == [(1, 5), (1, 6), (2, 5), (2, 6)]
    assert len({p["b"] for p in drawn}) == 12
    assert Points({"a": (1.0, 2.0)}, 100, 0).number == 2


def test_a_check_of_a_list_finds_the_bad_point(mgrad):
    args = ["check", "x^3", "--x", "0.5,1,2", "--claim", "x=3*x^2 + (x > 1.5)"]
    done = mgrad(*args, "--format", "json")
    assert done.returncode == 1
    worst = next(c for c in json.loads(done.stdout)["checks"] if c["source"] == "claim")
    assert worst["point"] == {"x": 2.0}
    assert worst["counts"] == {"passed": 2, "inconclusive": 0, "failed": 1}
